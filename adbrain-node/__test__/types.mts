// Checked by the compiler alone: the public types say what the code below expects.
import adbrain, { AdbrainError, Brain, type Brief, ForestRegressor, budget, type Policy, type Predictor, importHistory, newSigningKey, policies, publicKey, schema, setLogger, signJournal, simulate, stats, verifyJournal } from '../index.mjs'

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

/** A brain, its page and its events end with their block; the signal stops orders too. */
export async function held(signal: AbortSignal): Promise<string> {
  await using brain = await Brain.local()
  await using page = await brain.dashboard({ mode: 'dry_run', language: 'pt-BR' })
  await using events = brain.events({ signal })
  for await (const event of events) if (event.step === null) break
  await brain.apply('ab', { signal, mode: 'sandbox' })
  // @ts-expect-error: a kill switch is turned whole
  await brain.stop('why', { signal })
  return page.url + page.viewerUrl
}

export function logged(): void {
  setLogger(console)
  setLogger(({ level, message, fields }) => console.log(level, message, fields['run']), { level: 'debug' })
  setLogger(null)
  // @ts-expect-error: no such level
  setLogger(console, { level: 'loud' })
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

/** Curves from days go into an allocation as they are; a kind that is no curve does not. */
export function divided(): string {
  const day = { campaign: 'a', date: new Date(), budget: 1, spend: 1, impressions: 9, clicks: 2, conversions: 1, revenue: 3, known: 1 }
  const found = budget.allocate([...budget.estimate([day]), { name: 'b', kind: 'log', scale: 1, unit: 1, cap: '2.50' }], { total: 10, target: { roas: 2 } })
  // @ts-expect-error: no such kind
  budget.allocate([{ name: 'c', kind: 'cubic' }], { total: 10 })
  // @ts-expect-error: without a total
  budget.allocate([])
  return found.frame.map(({ name, amount, shadow_price }) => `${name} ${amount + shadow_price}`).join() + found.spend.amount + found.plot({ language: 'pt-BR' })
}

/** What follows from the rest may be left out. */
export const short: Brief = {
  brand: 'b', industry: 'i', objective: 'sales', markets: ['GB'], flight: { start: '2027-01-04', end: '2027-01-31' },
  budget: { amount: '100.00', currency: 'GBP' }, product: { name: 'p', url: 'https://p.example', benefits: ['good'] },
  media: [{ path: 'a.mp4', alternative_text: 'a' }],
}

export const shares: unknown = stats.banditAllocate({ arms: [{ name: 'a', successes: 1, trials: 10 }], units: 10 })['arms']
