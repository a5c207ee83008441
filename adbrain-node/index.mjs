import adbrain from './index.js'

export const { AdbrainError, Brain, Forecaster, ForestRegressor, Plan, Report, RunDrift, RunResult, RunStatus, abTest, customerValue, daysToSaturation, importHistory, newSigningKey, personas, predictRoas, publicKey, readout, schema, schemaNames, signJournal, stats, verifyJournal, version } = adbrain
export default adbrain
