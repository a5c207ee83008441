import adbrain from './index.js'

export const { AdbrainError, Brain, Forecaster, ForestRegressor, Dashboard, Plan, Report, RunDrift, RunResult, RunStatus, abTest, budget, customerValue, datasets, daysToSaturation, importHistory, newSigningKey, personas, policies, predictRoas, publicKey, readout, schema, schemaNames, setLogger, signJournal, simulate, stats, verifyJournal, version, worlds } = adbrain
export default adbrain
