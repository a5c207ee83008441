// How work ends: by a signal, with the brain, with the process; and how much of it one brain does at once.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import ts from 'typescript'
import { Brain, verifyJournal } from '../index.mjs'

const briefFile = new URL('../../examples/brief.json', import.meta.url)
const index = new URL('../index.mjs', import.meta.url).href
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-lifetime-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0
const store = () => path.join(folder, `${(count += 1)}.db`)
const brief = () => JSON.parse(readFileSync(briefFile, 'utf8'))

// A promise, and what keeps it.
function resolvers() {
  let resolve
  const promise = new Promise((kept) => { resolve = kept })
  return { promise, resolve }
}

// An ad account in a map whose first create calls `made` once it is done, and answers when the promise of it does.
function account(objects, made = () => {}) {
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
      const all = [campaign, ...sets.flatMap(([set, object]) => [object, ...set.ads.map((ad) => add(ad, 'ad', object.id))])]
      await made()
      return all
    },
    upload: async (upload) => `file-${upload.hash.slice(0, 6)}`,
    change: async (change) => {
      if (change.kind.action === 'activate') objects.get(change.id).status = 'active'
    },
    find: async (tag) => [...objects.values()].filter((object) => object.tag === tag),
    list: async () => [...objects.values()],
    insights: async () => [],
    lookUp: async () => ({ answer: 'audience_size', low: 1000, high: 2000 }),
  }
}

test('an apply that is stopped while a create is under way leaves a whole journal, and goes on without a second object', async () => {
  const [file, objects, stop] = [store(), new Map(), new AbortController()]
  // The object is there, and its answer never comes.
  const stuck = account(objects, () => {
    stop.abort()
    return new Promise(() => {})
  })
  const request = { ...brief(), platforms: ['meta'] }
  const options = { days: 1, folder: path.dirname(new URL(briefFile).pathname), runId: 'stopped' }
  const brain = await Brain.local(file, { connectors: [stuck] })
  const plan = await brain.plan(request, options)
  await assert.rejects(brain.apply(plan, { mode: 'sandbox', signal: stop.signal }), { name: 'AbortError' })
  const known = objects.size
  assert.ok(known > 0)
  await brain.close()
  assert.ok((await verifyJournal(file)).is_intact)
  const again = await Brain.local(file, { connectors: [account(objects)] })
  const applied = await again.apply(plan, { mode: 'sandbox' })
  const states = new Set(applied.outcomes.map((one) => one.state))
  assert.deepEqual([...states], ['confirmed'])
  const tags = [...objects.values()].map((one) => one.tag)
  assert.equal(new Set(tags).size, tags.length)
  assert.ok((await verifyJournal(file)).is_intact)
})

test('everything that may take long is stopped by a signal, also before it begins', async () => {
  const brain = await Brain.local(store())
  const plan = await brain.plan(briefFile, { days: 1 })
  const signal = AbortSignal.abort()
  const works = {
    run: () => brain.run(briefFile, { signal }),
    monitor: () => brain.monitor(briefFile, { signal }),
    plan: () => brain.plan(briefFile, { signal }),
    apply: () => brain.apply(plan, { signal }),
    refuse: () => brain.refuse(plan.plan_hash, { by: 'Ana', reason: 'late', signal }),
    approve: () => brain.approve(plan.plan_hash, { by: 'Ana', signal }),
    undo: () => brain.undo('ab'.repeat(32), { signal }),
    status: () => brain.status(undefined, { signal }),
    drift: () => brain.drift(undefined, { signal }),
    adopt: () => brain.adopt('meta', '1', { by: 'Ana', flight: brief().flight, signal }),
    release: () => brain.release('meta', '1', { by: 'Ana', signal }),
    letters: () => brain.letters(1, { signal }),
    acknowledge: () => brain.acknowledge('msg_1', { by: 'Ana', signal }),
    deliver: () => brain.deliver({ signal }),
    fillAudience: () => brain.fillAudience('meta', 'VIP', [], { signal }),
    pull: () => brain.pull('2026-11-01', '2026-11-02', { signal }),
    known: () => brain.known('meta/1', '2026-11-01', '2026-11-02', { signal }),
    graph: () => brain.graph(briefFile, { signal }),
  }
  for (const [name, work] of Object.entries(works)) await assert.rejects(work(), { name: 'AbortError' }, name)
  assert.equal((await brain.status()).decision, null)
})

test('closing stops what is under way, ends streams and pages, and what was stopped goes on to the same result', async () => {
  const file = store()
  const brain = await Brain.local(file)
  const page = await brain.dashboard({ language: 'en' })
  const answer = await fetch(page.url.split('#')[0])
  assert.equal(answer.status, 200)
  const events = brain.events()
  const begun = new Promise((resolve) => {
    const running = brain.run(briefFile, { days: 5, seed: 3, onEvent: () => resolve([running]) })
    running.catch(() => {})
  })
  const [running] = await begun
  await Promise.all([brain.close(), brain.close()])
  await assert.rejects(running, { code: 'cancelled' })
  while (!(await events.next()).done);
  await assert.rejects(fetch(page.url.split('#')[0]))
  await assert.rejects(brain.run(briefFile), { code: 'conflict', message: /closed/ })
  assert.throws(() => brain.events(), { code: 'conflict' })
  assert.ok((await verifyJournal(file)).is_intact)
  const [resumed, whole] = [await Brain.local(file), await Brain.local(store())]
  const texts = await Promise.all([resumed, whole].map(async (one) => (await one.run(briefFile, { days: 5, seed: 3 })).report.json()))
  assert.equal(texts[0], texts[1])
})

test('`await using` closes the brain and the streams', async () => {
  const code = `
    export async function work(Brain, file, brief) {
      await using brain = await Brain.local(file)
      await using events = brain.events()
      await brain.plan(brief, { days: 1 })
      return [brain, events]
    }`
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: 'es2022', module: 'es2022' } })
  const { work } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`)
  const [brain, events] = await work(Brain, store(), briefFile)
  await assert.rejects(brain.status(), { code: 'conflict' })
  assert.equal((await events.next()).done, true)
})

test('SIGTERM ends a process that closes its brain, and the run goes on afterwards', async () => {
  const file = store()
  const script = `
    import { Brain } from ${JSON.stringify(index)}
    const brain = await Brain.local(${JSON.stringify(file)})
    process.once('SIGTERM', async () => {
      await brain.close()
      console.log('closed')
    })
    try {
      await brain.run(${JSON.stringify(briefFile.pathname)}, { days: 6, seed: 5, onEvent: ({ step, kind }) => console.log(step, kind.type) })
      console.log('ran to its end')
    } catch (error) {
      console.log(error.code)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (lines.push(line) === 1) child.kill('SIGTERM')
  }
  const [code, signal] = child.exitCode === null && child.signalCode === null ? await once(child, 'exit') : [child.exitCode, child.signalCode]
  assert.deepEqual([code, signal], [0, null], lines.join('\n'))
  assert.ok(lines.includes('cancelled') && lines.at(-1) === 'closed', lines.join('\n'))
  assert.ok((await verifyJournal(file)).is_intact)
  assert.equal((await (await Brain.local(file)).run(briefFile, { days: 6, seed: 5 })).seed, 5)
})

test('one brain serves many requests at once', async () => {
  const file = store()
  const brain = await Brain.local(file)
  const seeds = [1, 2, 3, 4]
  const results = await Promise.all(seeds.map((seed) => brain.run(briefFile, { days: 1, seed, runId: `run-${seed}` })))
  assert.deepEqual(results.map(({ seed }) => seed), seeds)
  assert.equal(new Set(results.map(({ run }) => run)).size, seeds.length)
  const states = await Promise.all(seeds.map((seed) => brain.status(`run-${seed}`)))
  assert.ok(states.every((state) => state.objects.length > 0))
  await brain.close()
  assert.ok((await verifyJournal(file)).is_intact)
})

test('a request that is worked on is refused a second time, and given again afterwards', async () => {
  const [begun, go] = [resolvers(), resolvers()]
  const run = async () => {
    begun.resolve()
    await go.promise
    return { variants: [], refused: [] }
  }
  const brain = await Brain.local(store(), { copywriter: { name: 'slow', run } })
  const first = brain.plan(briefFile, { days: 1 })
  await begun.promise
  await assert.rejects(brain.plan(briefFile, { days: 1 }), { code: 'conflict' })
  go.resolve()
  assert.equal((await first).json(), (await brain.plan(briefFile, { days: 1 })).json())
  await brain.close()
})

test('workers run engines of their own, with the same result', async () => {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.index).then(async ({ Brain, setLogger }) => {
      let notes = 0
      setLogger(() => { notes += 1 })
      const brain = await Brain.local(workerData.file, { copywriter: { name: 'none', run: () => ({ variants: [], refused: [] }) } })
      let events = 0
      const result = await brain.run(workerData.brief, { days: 1, onEvent: () => { events += 1 } })
      await brain.close()
      setLogger(null)
      parentPort.postMessage({ hash: result.plan_hash, events, notes })
    })`
  const told = await Promise.all(
    [1, 2].map(async () => {
      const worker = new Worker(code, { eval: true, workerData: { index, file: store(), brief: briefFile.pathname } })
      // Both are awaited from now on: a worker that ends gives its last message and its end at once.
      const [[message], [left]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
      assert.equal(left, 0)
      return message
    }),
  )
  assert.equal(told[0].hash, told[1].hash)
  assert.ok(told.every(({ events, notes }) => events > 5 && notes > 0), JSON.stringify(told))
})
