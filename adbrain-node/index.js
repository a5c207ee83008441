'use strict'
// The public face of the engine: objects in, objects out.

const { Brain, Plan, Report, RunDrift, RunResult, RunStatus } = require('./lib/brain.js')
const { AdbrainError, later, sync } = require('./lib/errors.js')
const { ForestRegressor } = require('./lib/forest.js')
const { importHistory } = require('./lib/history.js')
const { checked, text } = require('./lib/options.js')
const { Forecaster, customerValue, daysToSaturation, personas, predictRoas } = require('./lib/predictions.js')
const { abTest, readout, stats } = require('./lib/stats.js')
const native = require('./native.js')

/** The JSON Schema of a value by its name. */
const schema = (name) => sync(() => JSON.parse(native.schema(name)))

/** Walks the hash chain of a store's journal. */
async function verifyJournal(file, options = {}) {
  const { head } = checked(options, { head: text })
  return later(async () => JSON.parse(await native.verifyJournal(text('file', file), head)))
}

/** The names that `schema` knows. */
const schemaNames = () => native.schemaNames()

module.exports = { AdbrainError, Brain, Forecaster, ForestRegressor, Plan, Report, RunDrift, RunResult, RunStatus, abTest, customerValue, daysToSaturation, importHistory, personas, predictRoas, readout, schema, schemaNames, stats, verifyJournal, version: native.version() }
