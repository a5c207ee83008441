import adbrain from './index.js'

export const { AdbrainError, Brain, Forecaster, ForestRegressor, Plan, Report, RunDrift, RunResult, RunStatus, abTest, budget, customerValue, daysToSaturation, importHistory, newSigningKey, personas, policies, predictRoas, publicKey, readout, restore, schema, schemaNames, signJournal, simulate, stats, verifyJournal, version, worlds } = adbrain
export default adbrain
