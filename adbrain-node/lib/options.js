'use strict'
// What a caller gave, checked by name before anything is made or sent.

const { fileURLToPath } = require('node:url')
const { invalid } = require('./errors.js')

// The deepest nesting that is read; a circle has no end.
const DEEPEST = 100

// A value in short, for errors.
function shown(value) {
  if (typeof value === 'string') return JSON.stringify(value).slice(0, 60)
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return value instanceof Map || value instanceof Set ? `a ${value.constructor.name}` : 'an object'
  return ['function', 'symbol'].includes(typeof value) ? `a ${typeof value}` : String(value)
}

const wrong = (name, value, expected) => invalid(name, `is ${shown(value)}`, `give ${expected}`)

// The check of a kind of option: what holds is taken as it is.
const kind = (expected, holds) => (name, value) => {
  if (!holds(value)) throw wrong(name, value, expected)
  return value
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const MOST = 2 ** 32 - 1
const text = kind('text', (value) => typeof value === 'string')
// A text that no error shows.
const secret = (name, value) => {
  if (typeof value !== 'string') throw invalid(name, `is a ${typeof value}`, 'give text')
  return value
}
const whole = kind(`a whole number from 0 to ${MOST}`, (value) => Number.isInteger(value) && value >= 0 && value <= MOST)
const above = (what) => kind(`a number of ${what} above zero`, (value) => Number.isFinite(value) && value > 0)
const callback = kind('a function', (value) => typeof value === 'function')
const flag = kind('true or false', (value) => typeof value === 'boolean')
const list = kind('a list', Array.isArray)
const bytes = kind('a path or bytes', (value) => value instanceof Uint8Array)
const signal = kind('the signal of an AbortController', (value) => typeof value?.addEventListener === 'function' && typeof value.throwIfAborted === 'function')
const part = kind('an object with the methods of the part, or leave it out', (value) => typeof value === 'function' || isObject(value))
const plainObject = (expected = 'an object') => (name, value) => plain(name, kind(expected, isObject)(name, value))

// A number holds 53 bits of a seed, a BigInt all 64.
const seed = kind(
  'a whole number from 0 to 2^53 - 1, or a BigInt up to 2^64 - 1, such as 7n',
  (value) => (typeof value === 'bigint' || Number.isSafeInteger(value)) && value >= 0 && value < 2n ** 64n,
)

// The first and the last seed of a range, or one alone; a result holds them as numbers.
const isSeed = (value) => Number.isSafeInteger(value) && value >= 0
const bothEnds = kind(
  'the first and the last seed, as in [1, 10], or one alone; whole numbers from 0 to 2^53 - 1',
  (value) => isSeed(value) || (Array.isArray(value) && value.length === 2 && value.every(isSeed)),
)
const seedRange = (name, value) => (Array.isArray(bothEnds(name, value)) ? value : [value, value])

/** The path of a file that is named by its path or its `file:` URL. */
function file(name, value) {
  if (!(value instanceof URL)) return text(name, value)
  if (value.protocol !== 'file:') throw invalid(name, `is the address ${value.protocol}//${value.host}`, 'save the file and give its path')
  return fileURLToPath(value)
}

/** A path as it is, or an object as JSON can hold it. */
const pathOrObject = (expected) => (name, value) => (typeof value === 'string' || value instanceof URL ? file(name, value) : plainObject(expected)(name, value))

/** A value as JSON holds it; what JSON cannot hold is refused by its path, where `JSON.stringify` throws or leaves it out. */
function plain(path, value, depth = DEEPEST) {
  if (depth === 0) throw invalid(path.slice(0, 60), `is nested more than ${DEEPEST} levels deep`, 'give a flatter value, without circles')
  const given = typeof value?.toJSON === 'function' ? value.toJSON() : value
  if (typeof given === 'number' && !Number.isFinite(given)) throw invalid(path, `is ${given}`, 'give a finite number, or leave the field out')
  if (['bigint', 'function', 'symbol'].includes(typeof given) || given instanceof Map || given instanceof Set) {
    throw invalid(path, `is ${shown(given)}, which JSON cannot hold`, 'use objects, lists, texts, numbers, true, false or null')
  }
  if (typeof given === 'string' && !given.isWellFormed()) throw invalid(path, 'is not valid Unicode', 'leave lone surrogates out')
  if (Array.isArray(given)) return given.map((item, at) => plain(`${path}[${at}]`, item, depth - 1))
  if (!isObject(given)) return given
  return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, plain(`${path}.${key}`, item, depth - 1)]))
}

/** The options that were given, each as its check takes it; a name without a check is refused. */
function checked(given, checks) {
  kind('the options as an object', isObject)('options', given)
  const names = Object.keys(given)
  const unknown = names.find((name) => !Object.hasOwn(checks, name))
  if (unknown !== undefined) throw invalid(unknown, 'is no option', `use one of ${Object.keys(checks).join(', ')}`)
  const known = names.filter((name) => given[name] !== undefined)
  return Object.fromEntries(known.map((name) => [name, checks[name](name, given[name])]))
}

module.exports = { above, bytes, callback, checked, file, flag, list, part, pathOrObject, plain, plainObject, secret, seed, seedRange, signal, text, whole }
