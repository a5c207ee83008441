// The example service as its users meet it: a process of its own, real requests, SIGTERM.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { verifyJournal } from '../index.mjs'

const here = fileURLToPath(new URL('..', import.meta.url))
const example = path.join(here, '../examples/node/service')
const brief = path.join(here, '../examples/brief.json')
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-service-'))
const database = path.join(folder, 'service.db')
const key = 'a-key-for-this-test-alone'
const processes = new Set()
after(() => {
  for (const one of processes) one.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

before(() => {
  for (const name of ['app.mjs', 'main.mjs', 'package.json']) copyFileSync(path.join(example, name), path.join(folder, name))
  mkdirSync(path.join(folder, 'node_modules'))
  symlinkSync(here, path.join(folder, 'node_modules/adbrain'))
  symlinkSync(path.join(here, 'node_modules/fastify'), path.join(folder, 'node_modules/fastify'))
})

// Starts the service; gives its address, what it logs, and its end.
async function start() {
  const env = { ...process.env, SERVICE_KEY: key, DATABASE: database, PORT: '0' }
  const child = spawn(process.execPath, ['main.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  processes.add(child)
  const logs = []
  const end = once(child, 'exit')
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      logs.push(JSON.parse(line))
      const found = /listening at (http:\S+)/.exec(logs.at(-1).msg)
      if (found) resolve(found[1])
    })
    end.then(() => reject(new Error(JSON.stringify(logs))))
  })
  const ask = async (method, route, body, headers = { authorization: `Bearer ${key}` }) => {
    const json = body && { 'content-type': 'application/json' }
    const answer = await fetch(address + route, { method, redirect: 'manual', headers: { ...headers, ...json }, body: body && JSON.stringify(body) })
    const text = await answer.text()
    return { status: answer.status, location: answer.headers.get('location'), body: text && JSON.parse(text) }
  }
  return { child, logs, end, ask }
}

test('the service plans, asks a person, runs, answers errors, and leads to the live page', async () => {
  const { child, logs, end, ask } = await start()
  assert.deepEqual([await ask('GET', '/healthz', undefined, {}), await ask('GET', '/readyz', undefined, {})].map(({ status }) => status), [200, 200])
  for (const headers of [{}, { authorization: 'Bearer wrong' }]) assert.equal((await ask('GET', '/dashboard', undefined, headers)).status, 401)
  const { body: plan } = await ask('POST', '/plans', { brief, days: 1 })
  assert.equal(plan.steps[0].action, 'create')
  const no = await ask('POST', `/plans/${plan.plan_hash}/refuse`, { by: 'Ana', reason: 'too dear' })
  assert.equal(no.status, 200)
  assert.equal((await ask('GET', `/runs/${plan.run}`)).body.decision.by, 'Ana')
  assert.equal((await ask('POST', `/plans/${plan.plan_hash}/approve`, { by: 'Bia' })).status, 200)
  const results = await Promise.all([1, 2].map((seed) => ask('POST', '/runs', { brief, days: 1, seed })))
  assert.ok(results.every(({ status, body }) => status === 200 && body.totals.spend.currency === 'BRL'), JSON.stringify(results))
  const wrong = await ask('POST', '/runs', { brief, days: 0 })
  assert.deepEqual([wrong.status, wrong.body.error, wrong.body.field], [400, 'invalid_input', 'days'])
  assert.equal((await ask('GET', '/runs/nobody')).status, 400)
  const { status, location } = await ask('GET', '/dashboard')
  const [page, token] = location.split('/#token=')
  const metrics = await fetch(`${page}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  assert.deepEqual([status, metrics.status], [303, 200])
  child.kill('SIGTERM')
  assert.deepEqual(await end, [0, null])
  assert.ok(logs.some(({ msg, level }) => msg === 'step ended' && level === 30), 'the notes of the engine are in the log of the service')
  assert.ok((await verifyJournal(database)).is_intact)
})

test('SIGTERM stops a run that is under way, and the same request goes on after a restart', async () => {
  const first = await start()
  const asked = { brief, days: 6, seed: 11 }
  const cut = first.ask('POST', '/runs', asked)
  const heard = first.logs.length
  while (!first.logs.slice(heard).some(({ msg }) => msg === 'step ended')) await new Promise((resolve) => setImmediate(resolve))
  first.child.kill('SIGTERM')
  const answer = await cut.catch(() => ({ status: 'cut' }))
  assert.ok(answer.status === 503 || answer.status === 'cut', JSON.stringify(answer))
  assert.deepEqual(await first.end, [0, null])
  assert.ok((await verifyJournal(database)).is_intact)
  const second = await start()
  assert.equal((await second.ask('POST', '/runs', asked)).status, 200)
  second.child.kill('SIGTERM')
  assert.deepEqual(await second.end, [0, null])
})

test('the Dockerfile copies what the service needs, keeps its database, and runs as nobody in particular', () => {
  const lines = readFileSync(path.join(example, 'Dockerfile'), 'utf8').split('\n').filter((line) => !line.startsWith('#'))
  const text = lines.join('\n')
  const words = ['FROM', 'ENV', 'WORKDIR', 'COPY', 'RUN', 'VOLUME', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD']
  for (const line of lines.filter((line) => /^\S/.test(line))) assert.ok(words.includes(line.split(' ')[0]), line)
  assert.match(text, /^FROM node:(2[0-9])-\S+$/m)
  for (const name of ['app.mjs', 'main.mjs', 'package.json']) assert.match(text, new RegExp(`^COPY .*${name}`, 'm'))
  assert.ok(text.indexOf('USER node') > text.lastIndexOf('RUN ') && text.includes('VOLUME /data') && text.includes('DATABASE=/data/'))
  // The process itself gets SIGTERM: no shell, no npm before it.
  assert.match(text, /^CMD \["node", "main.mjs"\]$/m)
  assert.ok(!/SERVICE_KEY=/.test(text) && !/:latest/.test(text))
})
