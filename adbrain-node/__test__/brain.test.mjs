import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { AdbrainError, Brain, abTest, importHistory, newSigningKey, publicKey, readout, schema, signJournal, stats, verifyJournal } from '../index.mjs'

const examples = new URL('../../examples/', import.meta.url).pathname
const briefFile = path.join(examples, 'brief.json')
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0
const store = () => path.join(folder, `brain-${(count += 1)}.db`)
const brief = () => JSON.parse(readFileSync(briefFile, 'utf8'))
const options = { days: 2, folder: examples }

test('the same request gives the same bytes twice', async () => {
  const texts = []
  for (let round = 0; round < 2; round += 1) {
    const brain = await Brain.local(store())
    const result = await brain.run(briefFile, { days: 2, history: path.join(examples, 'history.csv') })
    texts.push(result.report.json() + result.planJson())
  }
  assert.equal(texts[0], texts[1])
  assert.match(texts[0], /"is_simulated":true/)
})

test('the people of the brand become personas', async () => {
  const profile = { source: 'analytics', people: 200, ages: { min: 25, max: 34 }, gender: 'female' }
  const { people } = stats.personas({ profiles: [profile] })
  const brain = await Brain.local(store(), { people })
  const result = await brain.run(briefFile, options)
  assert.equal(result.people.personas[0].people, 200)
  assert.ok(result.strategy.reasons.some((reason) => reason.message.key === 'reason-persona-size'))
  await assert.rejects(Brain.local(store(), { people: { crowd: 3 } }), { code: 'invalid_input' })
})

test('a result shows its report in both languages', async () => {
  const result = await (await Brain.local(store())).run(briefFile, options)
  assert.match(result.report.html('pt-BR'), /<html/)
  assert.notEqual(result.report.markdown('pt-BR'), result.report.markdown('en'))
  assert.match(result.report.csv(), /^section,table,row,column,value,low,high,unit,text\r\n/)
  assert.deepEqual([...result.report.xlsx('pt-BR').subarray(0, 2)], [0x50, 0x4b])
  assert.equal(Buffer.from(result.report.pdf('pt-BR').subarray(0, 5)).toString(), '%PDF-')
  assert.equal(result.plan.currency, 'BRL')
  assert.deepEqual(JSON.parse(JSON.stringify(result)).plan, result.plan)
})

test('a report by schedule is made once and holds its days', async () => {
  const known = JSON.parse(readFileSync(new URL('../../tests/cases/files/schedules.json', import.meta.url), 'utf8'))
  const reports = path.join(folder, 'reports')
  const log = path.join(folder, 'told.jsonl')
  const channels = { version: 1, channel: [{ name: 'log', kind: 'log', file: log }] }
  const schedules = { version: 1, schedule: [{ ...known.schedule, folder: reports, channels: ['log'] }] }
  const brain = await Brain.local(store(), { channels, schedules })
  await brain.run(briefFile, { days: known.days, seed: known.seed })
  const { made, problems } = await brain.makeReports(schedules, { now: known.now })
  assert.deepEqual([problems, made.map(({ first, last }) => [first, last])], [{}, [[known.first, known.last]]])
  assert.deepEqual(JSON.parse(readFileSync(made[0].files[0], 'utf8')).totals.spend, known.spend)
  assert.deepEqual(await brain.makeReports(schedules, { now: known.now }), { made: [], problems: {} })
  assert.deepEqual(await brain.deliver(), { sent: { log: 1 }, problems: {} })
  assert.equal(JSON.parse(readFileSync(log, 'utf8').trim().split('\n').at(-1)).report.last, known.last)
  const wrong = { version: 1, schedule: [{ ...known.schedule, folder: reports, at: '8' }] }
  await assert.rejects(brain.makeReports(wrong), { code: 'invalid_input' })
})

test('events arrive as they happen and a throwing listener does not end the run', async () => {
  const steps = new Set()
  const warnings = []
  const onWarning = (warning) => warnings.push(warning.message)
  process.on('warning', onWarning)
  const onEvent = (event) => {
    steps.add(event.step)
    if (event.step === 'strategist') throw new Error('listener failed')
  }
  await (await Brain.local(store())).run(briefFile, { ...options, onEvent })
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  assert.ok(steps.has('copywriter') && steps.has('optimizer'), [...steps].join())
  assert.ok(warnings.includes('listener failed'))
})

test('a run ends after its listener has heard everything, and a rejection of the listener is a warning', async () => {
  const numbers = []
  const warnings = []
  const onWarning = (warning) => warnings.push(warning.message)
  process.on('warning', onWarning)
  const onEvent = async (event) => {
    numbers.push(event.sequence)
    if (numbers.length === 1) throw new Error('listener rejected')
  }
  await (await Brain.local(store())).run(briefFile, { ...options, onEvent })
  const heard = numbers.length
  await new Promise((resolve) => setTimeout(resolve, 50))
  process.off('warning', onWarning)
  assert.equal(numbers.length, heard)
  assert.deepEqual(numbers, numbers.map((_, index) => numbers[0] + index))
  assert.ok(warnings.includes('listener rejected'))
})

test('an agent of JavaScript takes a place in the loop', async () => {
  const seen = []
  class Loud {
    async run(strategy) {
      seen.push(strategy.brief.name)
      return { variants: [], refused: [] }
    }
  }
  const result = await (await Brain.local(store(), { copywriter: new Loud() })).run(briefFile, options)
  assert.deepEqual(seen, [brief().name])
  assert.deepEqual(result.copy.variants, [])
})

test('an error of user code comes back as itself', async () => {
  const original = new RangeError('no idea')
  const agents = [{ run: async () => { throw original } }, { run: () => { throw original } }]
  for (const strategist of agents) {
    const brain = await Brain.local(store(), { strategist })
    await assert.rejects(brain.run(briefFile, options), (error) => error === original)
  }
})

test('an error of ours that user code throws keeps its code', async () => {
  const original = new AdbrainError('rate_limited', 'too many', { context: { platform: 'meta' } })
  assert.ok(original.retryable && original.platform === 'meta')
  const brain = await Brain.local(store(), { strategist: { run: () => { throw original } } })
  await assert.rejects(brain.run(briefFile, options), (error) => error === original)
})

test('a wrong value from user code names the method', async () => {
  const brain = await Brain.local(store(), { copywriter: { run: () => 'nothing' } })
  await assert.rejects(brain.run(briefFile, options), { code: 'user_code', message: /copywriter\.run/ })
  const empty = await Brain.local(store(), { copywriter: {} })
  await assert.rejects(empty.run(briefFile, options), TypeError)
})

test('a predictor of JavaScript is asked once for all platforms', async () => {
  let calls = 0
  const predictor = {
    predictRoas(inputs) {
      calls += 1
      return inputs.map(() => ({ value: 9, low: 8, high: 10, level: 0.9, method: 'mine', sample_size: 3 }))
    },
  }
  const result = await (await Brain.local(store(), { predictor })).run(briefFile, options)
  assert.equal(calls, 1)
  assert.equal(result.strategy.platforms[0].expected_roas.method, 'mine')
})

test('a memory of JavaScript is read and written', async () => {
  const kept = { practices: [], combinations: [], learnings: [] }
  const memory = {
    storeLearnings: async (learnings) => kept.learnings.push(...learnings),
    similar: async () => [],
    storeBestPractices: async (practices) => void kept.practices.push(...practices),
    bestPractices: async () => kept.practices,
    recordCombinations: async (source, combinations) => void kept.combinations.push([source, combinations.length]),
    winningCombinations: async () => [],
  }
  const history = path.join(examples, 'history.csv')
  await (await Brain.local(store(), { memory })).run(briefFile, { ...options, history })
  assert.ok(kept.practices.length > 3)
  assert.equal(kept.combinations.length, 2)
})

// An ad account in a map: nothing delivers, nothing is spent.
function account(objects = new Map()) {
  const add = (draft, level, parent) => {
    const object = { id: `x${objects.size + 1}`, tag: draft.tag, parent, level, name: draft.name, status: 'paused', daily_budget: draft.daily_budget ?? null, bid: null }
    objects.set(object.id, object)
    return object
  }
  return {
    capabilities: () => ({
      platform: 'meta', account: 'act_1', currency: 'BRL', is_sandbox: true, creates_whole_trees: true, settle_seconds: 0,
      worst_case_day_percent: 175, least_daily_budget: { amount: '1.00', currency: 'BRL' },
      formats: ['video', 'carousel', 'stories', 'ugc'], bid_strategies: ['lowest_cost'],
    }),
    create: async ({ draft }) => {
      const campaign = add(draft.draft, 'campaign', null)
      const sets = draft.draft.ad_sets.map((set) => [set, add(set, 'ad_set', campaign.id)])
      return [campaign, ...sets.flatMap(([set, object]) => [object, ...set.ads.map((ad) => add(ad, 'ad', object.id))])]
    },
    upload: async (upload) => `file-${upload.hash.slice(0, 6)}-${upload.bytes.length > 0}`,
    change: async (change) => {
      if (change.kind.action === 'activate') objects.get(change.id).status = 'active'
    },
    find: async (tag) => [...objects.values()].filter((object) => object.tag === tag),
    list: async () => [...objects.values()],
    insights: async () => [],
    lookUp: async () => ({ answer: 'audience_size', low: 1000, high: 2000 }),
  }
}

test('a connector of JavaScript gets drafts, paused, and is asked for figures', async () => {
  const objects = new Map()
  const brain = await Brain.local(store(), { connectors: [account(objects)] })
  const result = await brain.run({ ...brief(), platforms: ['meta'] }, options)
  assert.ok(result.launch.some((outcome) => outcome.action === 'create' && outcome.state === 'confirmed'))
  assert.ok([...objects.values()].some((object) => object.level === 'ad'))
})

test('an aborted run rejects with the reason of the signal', async () => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const onEvent = () => abort.abort(reason)
  const brain = await Brain.local(store())
  await assert.rejects(brain.run(briefFile, { folder: examples, signal: abort.signal, onEvent }), (error) => error === reason)
})

test('bad input names the field, and nothing is written', async () => {
  const file = store()
  const brain = await Brain.local(file)
  const wrong = { ...brief(), budget: { amount: '-5', currency: 'BRL' } }
  await assert.rejects(brain.run(wrong, options), (error) => {
    assert.ok(error instanceof AdbrainError)
    assert.equal(error.code, 'invalid_input')
    assert.equal(error.context.field, 'budget')
    return true
  })
  await assert.rejects(brain.run('nothing.json'), { code: 'not_found' })
  await assert.rejects(brain.approve('0'.repeat(64), { by: 'Ana' }), { code: 'not_found', message: /does not exist/ })
  await assert.rejects(brain.undo('0'.repeat(64)), { code: 'not_found', message: /does not exist/ })
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith(path.basename(file))), [])
  await assert.rejects(Brain.local(store(), { poet: {} }), { code: 'invalid_input' })
})

test('history, schema and journal are at hand', async () => {
  const history = importHistory(path.join(examples, 'history.csv'), { currency: 'BRL' })
  assert.equal(history.problems.length, 0)
  assert.equal(schema('brief').type, 'object')
  assert.throws(() => schema('poem'), { code: 'invalid_input' })
  assert.throws(() => importHistory('nothing.csv', { currency: 'BRL' }), { code: 'not_found' })
  const book = importHistory(path.join(examples, '../tests/cases/files/meta-export.xlsx'), { currency: 'BRL' })
  assert.deepEqual([book.mapping, book.rows.length], ['meta-ads-manager', 2])
  const file = store()
  await assert.rejects(verifyJournal(file), { code: 'not_found' })
  await (await Brain.local(file)).run(briefFile, options)
  const verification = await verifyJournal(file)
  assert.ok(verification.is_intact && verification.entries > 0)
})

test('a signed head is checked with the public key of its signer, and only what was adopted is released', async () => {
  const file = store()
  const brain = await Brain.local(file)
  const { launch } = await brain.run(briefFile, options)
  const key = newSigningKey()
  const signed = await signJournal(file, { key })
  assert.equal(signed.public_key, publicKey(key))
  const found = await verifyJournal(file, { signed, publicKey: publicKey(key) })
  assert.ok(found.is_intact && found.head === signed.head)
  await assert.rejects(verifyJournal(file, { signed, publicKey: publicKey(newSigningKey()) }), { code: 'corrupt' })
  await assert.rejects(verifyJournal(file, { signed: { ...signed, entries: 1 }, publicKey: publicKey(key) }), { code: 'corrupt' })
  await assert.rejects(verifyJournal(file, { signed }), { code: 'invalid_input', message: /public_key/ })
  await assert.rejects(signJournal(file, { key: 'canary' }), (error) => error.code === 'invalid_input' && !error.message.includes('canary'))
  const made = launch.find((outcome) => outcome.action === 'create')
  await assert.rejects(brain.release('meta', 'none', { by: 'Ana' }), { code: 'not_found' })
  await assert.rejects(brain.release(made.platform, made.object, { by: ' ' }), { code: 'invalid_input', message: /by/ })
})

test('CommonJS sees the same names', () => {
  const names = Object.keys(createRequire(import.meta.url)('../index.js')).sort()
  assert.deepEqual(names, ['AdbrainError', 'Brain', 'Dashboard', 'Forecaster', 'ForestRegressor', 'Plan', 'Report', 'RunDrift', 'RunResult', 'RunStatus', 'abTest', 'budget', 'customerValue', 'datasets', 'daysToSaturation', 'importHistory', 'newSigningKey', 'personas', 'policies', 'predictRoas', 'publicKey', 'readout', 'restore', 'schema', 'schemaNames', 'setLogger', 'signJournal', 'simulate', 'stats', 'verifyJournal', 'version', 'worlds'])
})

test('statistics take arrays and say why there is no answer', () => {
  const found = stats.welchT({ control: new Float64Array([1, 2, 4]), treatment: [3, 5, 4] })
  assert.ok(Math.abs(found.diff - 5 / 3) < 1e-12 && found.p_two_sided < 1)
  assert.equal(stats.welchT({ control: [2, 2], treatment: [3, 3] }).undefined.reason, 'no_spread')
  assert.throws(() => stats.welchT({ control: ['two'], treatment: [] }), { code: 'invalid_input' })
})

test('a test is read from samples and from days', () => {
  const found = abTest({ successes: 500, trials: 10_000 }, { successes: 600, trials: 10_000 })
  assert.equal(found.recommendation, 'apply_variant')
  assert.ok(Math.abs(found.confidence - (1 - found.p_value)) < 1e-12)
  const arm = (name, rate) => ({
    name,
    blocks: Array.from({ length: 28 }, (_, day) => ({ unit: `2027-03-${String(day + 1).padStart(2, '0')}`, clicks: Math.round(5000 * rate) + ((day * 7) % 11), impressions: 5000 })),
  })
  const read = readout({ metric: 'ctr', planned_units: 28 }, { arms: [arm('image', 0.02), arm('video', 0.024)] })
  assert.equal(read.comparisons[0].verdict.kind, 'winner')
  assert.match(read.comparisons[0].verdict.reason_text.en, /Winner/)
  assert.match(read.comparisons[0].verdict.reason_text['pt-BR'], /Vencedor/)
  assert.ok(Array.isArray(read.comparisons[0].warnings))
  assert.match(stats.readoutHtml({ readout: read }).html, /<svg/)
  assert.throws(() => readout({ metric: 'ctr' }, { arms: [arm('same', 0.02), arm('same', 0.02)] }), { code: 'invalid_input' })
})

test('the command line is at hand', () => {
  const run = spawnSync(process.execPath, [new URL('../cli.js', import.meta.url).pathname, 'schema', '--list'], { encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
  assert.match(run.stdout, /^brief$/m)
})

test('an error of a connector comes back as itself, whatever the connector was doing', async () => {
  for (const method of ['create', 'upload', 'list', 'insights', 'lookUp', 'capabilities']) {
    const original = new RangeError(`${method} failed`)
    const connector = account()
    connector[method] = async () => { throw original }
    const run = Brain.local(store(), { connectors: [connector] }).then((brain) => brain.run({ ...brief(), platforms: ['meta'] }, options))
    await assert.rejects(run, (error) => error === original, method)
  }
})

test('an error of a memory or a predictor comes back as itself', async () => {
  const original = new RangeError('no idea')
  const fail = async () => { throw original }
  const memory = { similar: fail, bestPractices: fail, winningCombinations: fail, storeLearnings: fail, storeBestPractices: fail, recordCombinations: fail }
  for (const part of [{ memory }, { predictor: { predictRoas: fail } }]) {
    const brain = await Brain.local(store(), part)
    await assert.rejects(brain.run(briefFile, options), (error) => error === original)
  }
})

test('a plan that waits is approved by its hash, and a create taken back by its entry', async () => {
  const brain = await Brain.local(store())
  const result = await brain.run(briefFile, { ...options, mode: 'live' })
  assert.ok(result.launch.some((outcome) => outcome.action === 'activate' && outcome.state === 'refused'))
  const would = await brain.approve(result.plan_hash, { by: 'Ana' })
  assert.deepEqual([would.mode, would.outcomes], ['dry_run', []])
  const done = await brain.approve(result.plan_hash.slice(0, 12), { by: 'Ana', hours: 1.5, mode: 'live' })
  assert.ok(done.hash === result.plan_hash && done.outcomes.every((outcome) => outcome.state === 'confirmed'))
  const { entry } = result.launch.find((outcome) => outcome.action === 'create')
  const undone = await brain.undo(entry, { mode: 'sandbox' })
  assert.ok(undone.outcomes.some((outcome) => outcome.state === 'compensated'))
  await assert.rejects(brain.approve(result.plan_hash, { mode: 'live' }), { code: 'invalid_input' })
  await assert.rejects(brain.undo('0'.repeat(64)), { code: 'not_found' })
})

test('a person keeps alerts quiet for a time and ends it', async () => {
  const brain = await Brain.local(store())
  const result = await brain.run(briefFile, options)
  const kept = await brain.silence({ rule: 'cost_spike' }, { hours: 4, by: 'Ana', reason: 'a sale', run: result.run })
  assert.deepEqual([kept.run, kept.silence.match, kept.ended], [result.run, { rule: 'cost_spike' }, null])
  assert.deepEqual(await brain.silences(), [kept])
  assert.equal((await brain.endSilence(kept.id.slice(0, 12), { by: 'Rui' })).ended.by, 'Rui')
  await assert.rejects(brain.endSilence(kept.id, { by: 'Rui' }), { code: 'conflict' })
  await assert.rejects(brain.silence({}, { hours: 4, by: 'Ana', reason: 'a sale' }), { code: 'invalid_input' })
  assert.deepEqual((await brain.status()).proposals, [])
})

test('a plan of a dry run cannot be approved and the answer says what to do', async () => {
  const brain = await Brain.local(store())
  const result = await brain.run(briefFile, { ...options, mode: 'dry_run' })
  await assert.rejects(brain.approve(result.plan_hash, { by: 'Ana', mode: 'sandbox' }), { code: 'conflict', nextStep: /sandbox/ })
})

test('a step that takes too long is stopped, and one that may be is tried again', async () => {
  const slow = await Brain.local(store(), { copywriter: { run: () => new Promise((resolve) => setTimeout(resolve, 300, {})) } })
  await assert.rejects(slow.run(briefFile, { ...options, stepTimeout: 0.05, retries: 0 }), { code: 'timed_out' })
  let calls = 0
  const copywriter = {
    run() {
      calls += 1
      if (calls < 3) throw new AdbrainError('rate_limited', 'slow down')
      return { variants: [], refused: [] }
    },
  }
  await (await Brain.local(store(), { copywriter })).run(briefFile, options)
  assert.equal(calls, 3)
  await assert.rejects(slow.run(briefFile, { ...options, stepTimeout: 0 }), { code: 'invalid_input' })
})

test('a history file is imported off the main thread', async () => {
  const brain = await Brain.local(store())
  const history = path.join(examples, 'history.csv')
  const read = await brain.run(briefFile, { ...options, history, runId: 'file' })
  const other = await Brain.local(store())
  const given = await other.run(briefFile, { ...options, history: importHistory(history, { currency: 'BRL' }), runId: 'file' })
  assert.equal(read.report.json(), given.report.json())
  await assert.rejects(brain.run(briefFile, { ...options, history: 'nothing.csv' }), { code: 'not_found' })
})

test('a server that does not answer is named without its token', async () => {
  const brain = await Brain.remote('http://127.0.0.1:9', 't0ken', { files: store() })
  await assert.rejects(brain.run(briefFile, options), (error) => error.code === 'unavailable' && !error.message.includes('t0ken'))
})

test('a process ends by itself while user parts are registered', () => {
  const script = `import { Brain } from '${new URL('../index.mjs', import.meta.url)}'
    const brain = await Brain.local(${JSON.stringify(store())}, { copywriter: { run: async () => ({ variants: [] }) } })
    console.log('ready', typeof brain.run)`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000, encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
  assert.match(run.stdout, /ready function/)
})
