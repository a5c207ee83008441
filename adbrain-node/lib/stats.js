'use strict'
// The statistics by name: JSON in and out, or typed arrays without copies.

const native = require('../native.js')
const { sync } = require('./errors.js')
const { camel } = require('./names.js')

// What JSON cannot hold: numbers that are not finite become texts, typed arrays become lists.
function numbers(_, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  return ArrayBuffer.isView(value) ? Array.from(value) : value
}

// The same without lists where the arguments hold typed arrays of doubles that the method takes as such.
function onArrays(name, given) {
  const [names, arrays, others] = [[], [], {}]
  const split = (path, object, rest) => {
    for (const [key, value] of Object.entries(object)) {
      if (value instanceof Float64Array) {
        names.push(path + key)
        arrays.push(value)
      } else if (path === '' && value !== null && typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
        const inner = {}
        split(`${key}.`, value, inner)
        if (Object.keys(inner).length > 0) rest[key] = inner
      } else rest[key] = value
    }
  }
  split('', given, others)
  if (arrays.length === 0) return undefined
  const found = native.statisticOnArrays(name, names, arrays, JSON.stringify(others, numbers))
  if (found === null || found === undefined) return undefined
  const columns = found.names.map((column, at) => [column, found.columns[at]])
  return { ...JSON.parse(found.values), ...Object.fromEntries(columns) }
}

/** The statistics of experiments, each by its name. */
const stats = Object.freeze(
  Object.fromEntries(
    JSON.parse(native.statistics()).map(([name]) => [
      camel(name),
      (given) => sync(() => onArrays(name, given ?? {}) ?? JSON.parse(native.statistic(name, JSON.stringify(given ?? {}, numbers)))),
    ]),
  ),
)

/** Compares two samples at one look. */
const abTest = (control, variant, options = {}) => stats.abTest({ control, variant, ...options })

/** Reads a test by its settings and data: estimates, checks and a verdict per variant. */
const readout = (settings, data) => stats.readout({ settings, data })

module.exports = { numbers, abTest, readout, stats }
