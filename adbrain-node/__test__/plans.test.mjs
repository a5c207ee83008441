// Plans to look at, what a person orders about them, where they stand, and the events of their runs.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Brain, Plan } from '../index.mjs'

const briefFile = new URL('../../examples/brief.json', import.meta.url)
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-plans-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0
const open = () => Brain.local(path.join(folder, `${(count += 1)}.db`))
const options = { days: 1, mode: 'live' }
const states = (ordered) => [...new Set(ordered.outcomes.map((one) => one.state))]

test('a plan is shown, refused, approved and applied', async () => {
  const brain = await open()
  const plan = await brain.plan(briefFile, options)
  assert.ok(plan instanceof Plan)
  assert.deepEqual([...new Set(plan.steps.map((one) => one.action))], ['create'])
  assert.deepEqual(plan.needs.map((one) => one.key), ['refused-needs-approval'])
  assert.ok(plan.text('en').includes(plan.plan_hash) && String(plan).includes('Pior caso') && plan.html().startsWith('<!doctype'))
  assert.equal(plan.json(), (await brain.plan(briefFile, options)).json())
  await brain.refuse(plan.plan_hash, { by: 'Ana', reason: 'too dear' })
  const refused = await brain.apply(plan, { mode: 'live' })
  assert.equal(refused.outcomes[0].reason.key, 'refused-by-person')
  assert.equal((await brain.status()).decision.reason, 'too dear')
  await assert.rejects(brain.refuse(plan.plan_hash, { by: 'Ana' }), { code: 'invalid_input' })
  await brain.approve(plan.plan_hash, { by: 'Bia', mode: 'live' })
  assert.deepEqual(states(await brain.apply(plan.plan_hash.slice(0, 12), { mode: 'live' })), ['confirmed'])
  const status = await brain.status(plan.run)
  assert.ok(status.objects.every((one) => one.delivery === 'running'))
  await assert.rejects(brain.refuse(plan.plan_hash, { by: 'Ana', reason: 'late' }), { code: 'conflict' })
})

test('what a brief leaves out is assumed and told', async () => {
  const { name, language, ...rest } = JSON.parse(readFileSync(briefFile, 'utf8'))
  const brief = { ...rest, media: rest.media.map(({ kind, ...item }) => item) }
  const plan = await (await open()).plan(brief, { days: 1, folder: fileURLToPath(new URL('.', briefFile)) })
  const assumed = Object.fromEntries(plan.assumed.map(({ args }) => [args.field.text, args.value.text]))
  assert.deepEqual([assumed.name, assumed.language, assumed['media[0].kind']], ['Tênis Brisa', 'pt-BR', 'video'])
  assert.equal((await (await open()).plan(briefFile, { days: 1 })).assumed, undefined)
})

test('a stop holds until it is resumed', async () => {
  const brain = await open()
  const plan = await brain.plan(briefFile, { days: 1 })
  assert.equal((await brain.stop('the shop is down', { by: 'Ana' })).is_noted, true)
  assert.deepEqual(states(await brain.apply(plan, { mode: 'sandbox' })), ['refused'])
  assert.equal((await brain.status()).switch.by, 'Ana')
  assert.equal((await brain.resume()).is_on, false)
  assert.deepEqual(states(await brain.apply(plan, { mode: 'sandbox' })), ['confirmed'])
  const paused = await brain.stop('down again', { pause: true })
  assert.ok(paused.outcomes.length > 0 && paused.outcomes.every((one) => one.action === 'pause'))
})

test('events are heard until the run ends', async () => {
  const brain = await open()
  const events = brain.events()
  const running = brain.run(briefFile, { days: 1 })
  const heard = []
  for await (const event of events) heard.push(event)
  assert.deepEqual(heard.map((one) => one.sequence), heard.map((_, at) => at))
  assert.equal(heard.at(-1).kind.type, 'finished')
  assert.equal((await running).run, heard[0].run)
})

test('events end with their signal, with the loop that reads them, and with a run that is stopped', async () => {
  const brain = await open()
  const stop = new AbortController()
  const waiting = brain.events({ signal: stop.signal }).next()
  setTimeout(() => stop.abort(), 20)
  assert.deepEqual(await waiting, { done: true, value: undefined })
  const cancel = new AbortController()
  const running = brain.run(briefFile, { signal: cancel.signal })
  // It is rejected while the events are still read.
  running.catch(() => {})
  const kinds = []
  const events = brain.events()
  for await (const event of events) {
    kinds.push(event.kind.type)
    cancel.abort()
  }
  assert.equal(kinds.at(-1), 'cancelled')
  await assert.rejects(running, { name: 'AbortError' })
  const again = brain.events()
  const rerun = brain.run(briefFile, { days: 1 })
  for await (const event of again) if (event.kind.type === 'finished') break
  assert.deepEqual(await again.next(), { done: true, value: undefined })
  await rerun
})
