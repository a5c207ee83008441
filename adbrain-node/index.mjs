import adbrain from './index.js'

export const { AdbrainError, Brain, Dashboard, Forecaster, ForestRegressor, Plan, Report, RunDrift, RunResult, RunStatus, abTest, budget, customerValue, datasets, daysToSaturation, importHistory, newSigningKey, personas, policies, predictRoas, publicKey, readout, restore, schema, schemaNames, setLogger, signJournal, simulate, stats, verifyJournal, version, worlds } = adbrain
export default adbrain
