// `npx adbrain` as a process that is stopped.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-cli-'))
after(() => rmSync(folder, { recursive: true }))
const at = (name) => fileURLToPath(new URL(name, import.meta.url))

// Starts a command; gives its end, and hears the first line that it says.
async function started(words, stream) {
  const child = spawn(process.execPath, [at('../cli.js'), ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const end = once(child, 'exit')
  for (const other of [child.stdout, child.stderr]) if (other !== child[stream]) other.resume()
  await once(createInterface({ input: child[stream] }), 'line')
  return { child, end }
}

test('a run is stopped by Ctrl-C and by SIGTERM, with the exit code of a stop', async () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const { child, end } = await started(['run', '--brief', at('../../examples/brief.json'), '--db', `${signal}.db`, '--days', '20'], 'stderr')
    child.kill(signal)
    assert.deepEqual(await end, [130, null], signal)
  }
})

test('the live page ends by a signal without a failure, and what does not listen is ended by the system', async () => {
  const page = await started(['serve', '--db', 'SIGINT.db'], 'stdout')
  page.child.kill('SIGTERM')
  assert.deepEqual(await page.end, [0, null])
  const sim = await started(['sim', '--world', 'stationary', '--policy', 'equal', '--seeds', '1..900', '--json'], 'stdout')
  sim.child.kill('SIGINT')
  assert.deepEqual(await sim.end, [null, 'SIGINT'])
})
