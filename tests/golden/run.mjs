// Runs a file of reference cases in Node, by the same rules as the `golden` program of Rust. Usage: node run.mjs FILE
import fs from 'node:fs'
import { AdbrainError, stats } from '../../adbrain-node/index.mjs'

const WORDS = ['note', 'why']
const NOT_FINITE = { nan: NaN, inf: Infinity, '-inf': -Infinity }
const ourKey = (key) => key.replaceAll('95', '')
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase())

// The texts that stand for numbers become the numbers that a user would give.
function read(value) {
  if (Array.isArray(value)) return value.map((item) => NOT_FINITE[item] ?? read(item))
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item)]))
  return value
}

function isClose(got, wanted, rtol, atol) {
  if (Array.isArray(wanted)) return Array.isArray(got) && got.length === wanted.length && wanted.every((item, at) => isClose(got[at], item, rtol, atol))
  if (wanted !== null && typeof wanted === 'object') {
    return Object.entries(wanted).every(([key, item]) => got?.[ourKey(key)] !== undefined && isClose(got[ourKey(key)], item, rtol, atol))
  }
  if (typeof wanted === 'number') return typeof got === 'number' && Math.abs(got - wanted) <= atol + rtol * Math.abs(wanted)
  return got === wanted
}

// What is wrong with a case; nothing where it passes.
function check({ method, input, expected, undefined: isUndefined, rtol = 0, atol = 0 }) {
  const { name, ...given } = input
  let found
  try {
    if (stats[camel(method)] === undefined) return 'there is no such statistic'
    found = stats[camel(method)](read(given))
  } catch (error) {
    return isUndefined && error instanceof AdbrainError ? null : `got the error ${error.message}`
  }
  if (isUndefined) return expected.error === undefined && found.undefined?.reason ? null : `got ${JSON.stringify(found)}`
  for (const [key, wanted] of Object.entries(expected)) {
    const got = found[ourKey(key)]
    if (!WORDS.includes(key) && !isClose(got, wanted, rtol, atol)) return `${key}: got ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`
  }
  return null
}

const { cases } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const failures = cases.map((one) => [one, check(one)]).filter(([, problem]) => problem !== null)
for (const [one, problem] of failures) console.log(`${one.id} ${one.method}: ${problem}`)
console.log(`${cases.length} cases: ${cases.length - failures.length} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 || cases.length === 0 ? 1 : 0
