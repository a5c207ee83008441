import adbrain from './index.js'

export const { AdbrainError, Brain, Report, RunResult, importHistory, schema, schemaNames, stats, verifyJournal, version } = adbrain
export default adbrain
