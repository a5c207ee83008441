'use strict'
// The public face of the engine: objects in, objects out.

const { Brain, Dashboard, Plan, Report, RunDrift, RunResult, RunStatus } = require('./lib/brain.js')
const { budget } = require('./lib/budget.js')
const { stoppable } = require('./lib/cancel.js')
const { datasets } = require('./lib/datasets.js')
const { AdbrainError, later, sync } = require('./lib/errors.js')
const { ForestRegressor } = require('./lib/forest.js')
const { importHistory } = require('./lib/history.js')
const { setLogger } = require('./lib/logs.js')
const { checked, file, plainObject, secret, signal, text } = require('./lib/options.js')
const { Forecaster, customerValue, daysToSaturation, personas, predictRoas } = require('./lib/predictions.js')
const { abTest, readout, stats } = require('./lib/stats.js')
const { policies, simulate, worlds } = require('./lib/trials.js')
const native = require('./native.js')

/** The JSON Schema of a value by its name. */
const schema = (name) => sync(() => JSON.parse(native.schema(name)))

/** Walks the hash chain of a store's journal. */
async function verifyJournal(file, options = {}) {
  const checks = { head: text, signed: plainObject(), publicKey: text, signal }
  const { publicKey: public_key, signal: stop, ...kept } = checked(options, checks)
  const [path, wanted] = [text('file', file), JSON.stringify({ ...kept, public_key })]
  return stoppable(stop, (cancel) => later(async () => JSON.parse(await native.verifyJournal(path, wanted, cancel))))
}

/** Signs where a store's journal ends now. */
async function signJournal(file, options = {}) {
  const { key = '' } = checked(options, { key: secret })
  return later(async () => JSON.parse(await native.signJournal(text('file', file), key)))
}

/** Puts a backup of a store back as a new file. */
const restore = async (backup, to) => later(() => native.restore(file('backup', backup), file('to', to)))

/** A new signing key, to be kept outside the store. */
const newSigningKey = () => sync(() => native.newSigningKey())

/** The public key that belongs to a signing key. */
const publicKey = (key) => sync(() => native.publicKey(secret('key', key)))

/** The names that `schema` knows. */
const schemaNames = () => native.schemaNames()

module.exports = { AdbrainError, Brain, Dashboard, Forecaster, ForestRegressor, Plan, Report, RunDrift, RunResult, RunStatus, abTest, budget, customerValue, datasets, daysToSaturation, importHistory, newSigningKey, personas, policies, predictRoas, publicKey, readout, restore, schema, schemaNames, setLogger, signJournal, simulate, stats, verifyJournal, version: native.version(), worlds }
