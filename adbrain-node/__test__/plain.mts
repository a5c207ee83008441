// As types.mts, for a reader without the types of Node or of browsers.
import adbrain, { type Agent, Brain, type Strategy } from '../index.mjs'

const strategist: Agent<{ strategy: Strategy }, Strategy> = { run: ({ strategy }) => strategy }

export async function hash(): Promise<string> {
  const result = await (await Brain.local('brain.db', { strategist })).run('brief.json', { seed: 7 })
  return `${adbrain.version} ${result.plan_hash}`
}
