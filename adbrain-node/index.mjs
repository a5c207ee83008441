import adbrain from './index.js'

export const { AdbrainError, Brain, Forecaster, ForestRegressor, Plan, Report, RunDrift, RunResult, RunStatus, abTest, customerValue, daysToSaturation, importHistory, personas, predictRoas, readout, schema, schemaNames, stats, verifyJournal, version } = adbrain
export default adbrain
