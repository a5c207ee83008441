// The engine's notes in a logger of the user.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { Brain, setLogger } from '../index.mjs'

const briefFile = new URL('../../examples/brief.json', import.meta.url)
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-logs-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0
const settled = () => new Promise((resolve) => setImmediate(resolve))

async function run(options = {}) {
  const brain = await Brain.local(path.join(folder, `${(count += 1)}.db`), options)
  await brain.run(briefFile, { days: 1, retries: 0 }).catch(() => {})
  await brain.close()
  await settled()
}

const failing = { copywriter: { name: 'failing', run: () => { throw new Error('no words') } } }

test('a function hears runs and steps that ended, and what failed, up to its level', async () => {
  const notes = []
  setLogger((note) => notes.push(note))
  await run(failing)
  setLogger(null)
  const ended = notes.filter(({ message }) => message === 'step ended').map(({ fields }) => fields.name)
  assert.ok(ended.includes('strategist') && ended.includes('copywriter'), JSON.stringify(notes))
  const failed = notes.find(({ level, fields }) => level === 'warn' && fields.step === 'copywriter')
  assert.match(String(failed?.fields.error), /no words/)
  assert.ok(notes.every(({ target, fields }) => target.startsWith('adbrain') && typeof fields === 'object'))
  const heard = notes.length
  await run()
  assert.equal(notes.length, heard, 'off is off')
})

test('an object with the methods of the levels is called as pino is, at its own level', async () => {
  const calls = []
  const method = (level) => (fields, message) => calls.push([level, fields.target, message])
  const logger = Object.fromEntries(['error', 'warn', 'info', 'debug', 'trace'].map((level) => [level, method(level)]))
  setLogger({ ...logger, level: 'warn' })
  await run(failing)
  assert.ok(calls.length > 0 && calls.every(([level]) => level === 'warn' || level === 'error'), JSON.stringify(calls))
  setLogger({ ...logger, level: 'warn' }, { level: 'info' })
  await run()
  setLogger(null)
  assert.ok(calls.some(([level, target, message]) => level === 'info' && target.startsWith('adbrain') && message === 'run ended'))
})

test('a logger that throws is a warning, and one that is none is refused', async () => {
  const warnings = []
  const onWarning = (warning) => warnings.push(warning.message)
  process.on('warning', onWarning)
  setLogger(() => { throw new Error('full disk') })
  await run()
  setLogger(null)
  await settled()
  process.off('warning', onWarning)
  assert.ok(warnings.includes('full disk'))
  for (const wrong of [undefined, {}, 'console', { info() {} }]) assert.throws(() => setLogger(wrong), { code: 'invalid_input', message: /^logger/ })
  assert.throws(() => setLogger(console, { level: 'loud' }), { code: 'invalid_input', message: /^level/ })
})
