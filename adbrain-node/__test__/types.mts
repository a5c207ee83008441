// Checked by the compiler alone: the public types say what the code below expects.
import adbrain, { AdbrainError, Brain, type Brief, ForestRegressor, type Policy, type Predictor, importHistory, newSigningKey, policies, publicKey, schema, signJournal, simulate, stats, verifyJournal } from '../index.mjs'

const predictor: Predictor = {
  predictRoas: (inputs) =>
    inputs.map(() => ({ value: 3, low: 2, high: 4, level: 0.9, method: 'fixed', sample_size: 0 })),
}

export async function plan(brief: Brief, signal: AbortSignal): Promise<string> {
  const brain = await Brain.local('brain.db', { predictor })
  try {
    const result = await brain.run(brief, { signal, days: 3, onEvent: (event) => console.log(event.step === null ? 'the run' : event.step.toUpperCase()) })
    return result.plan.campaigns[0]?.ad_sets[0]?.daily_budget.amount ?? result.report.markdown('en')
  } catch (error) {
    if (error instanceof AdbrainError && error.code === 'invalid_input') return error.context['field'] ?? ''
    throw error
  }
}

/** The signal and address of Node and of browsers are taken, and what is no option is not. */
export async function draw(signal: AbortSignal): Promise<string> {
  const brain = await adbrain.Brain.local()
  // @ts-expect-error: no such option
  await brain.run('brief.json', { sead: 7 })
  // @ts-expect-error: without a currency
  importHistory('history.csv')
  return brain.graph(new URL('file:///brief.json'), { signal, seed: 2n ** 60n })
}

export async function signed(brain: Brain, file: string): Promise<boolean> {
  await brain.release('meta', '77', { by: 'Ana' })
  const key = newSigningKey()
  const head = await signJournal(file, { key })
  return (await verifyJournal(file, { signed: head, publicKey: publicKey(key) })).is_intact && head.entries > 0
}

class Keep implements Policy {
  decide: Policy['decide'] = (view) => ({ budgets: view.campaigns.map((campaign) => campaign.budget) })
}

export async function tried(): Promise<number> {
  const own: Policy = { name: 'own', begin: ({ seed }) => console.log(seed), decide: async (view) => ({ budgets: view.campaigns.map(({ least }) => least), alarms: [0] }) }
  const [score] = await simulate('stationary', ['brain', new Keep(), own], { seeds: [1, 2] })
  const [summary] = await simulate(new URL('file:///own.toml'), Object.keys(policies()), { seeds: 7, summary: true })
  // @ts-expect-error: without a method decide
  await simulate('stationary', [{ name: 'idle' }])
  return (score?.value_share ?? 0) + (summary?.value_share?.mean ?? 0)
}

export const title: unknown = schema('brief')['title']

export function forecast(budgets: number[]): Float64Array {
  const forest = new ForestRegressor({ trees: 50 }).fit({ budget: budgets }, budgets, { target: 'roas' })
  const { low, high } = forest.predictInterval([{ budget: 10 }])
  return forest.card.rows > 0 && (low[0] ?? 0) <= (high[0] ?? 0) ? forest.predict([[1]]) : low
}

export const shares: unknown = stats.banditAllocate({ arms: [{ name: 'a', successes: 1, trials: 10 }], units: 10 })['arms']
