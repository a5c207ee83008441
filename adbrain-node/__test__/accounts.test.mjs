import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { AdbrainError, Brain, schema } from '../index.mjs'

const examples = new URL('../../examples/', import.meta.url).pathname
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-'))
after(() => rmSync(folder, { recursive: true }))
const meta = { platform: 'meta', account: 'act_123', token: 'EAAB-canary', page_id: '77' }

async function run(account, name) {
  const brain = await Brain.local(path.join(folder, `${name}.db`), { connectors: [account] })
  await brain.run(path.join(examples, 'brief.json'), { days: 1, mode: 'dry_run' })
}

test('a wrong account names its field and never its token', async () => {
  const cases = [
    [{ ...meta, platform: 'myspace' }, /myspace/],
    [{ ...meta, pagge: '77' }, /pagge/],
    [{ ...meta, account: 'x' }, /account/],
    [{ ...meta, base_url: 'http://graph.facebook.com' }, /base_url/],
  ]
  for (const [account, told] of cases) {
    await assert.rejects(run(account, 'wrong'), (error) => {
      assert.ok(error instanceof AdbrainError)
      assert.equal(error.code, 'invalid_input')
      assert.match(error.message, told)
      assert.doesNotMatch(JSON.stringify(error) + error.stack, /canary/)
      return true
    })
  }
})

test('an account that cannot be reached is told', async () => {
  await assert.rejects(run({ ...meta, base_url: 'http://127.0.0.1:1' }, 'away'), { code: 'unavailable' })
})

test('the schema names each platform', () => {
  const kinds = schema('account').oneOf.map((kind) => kind.properties.platform.const)
  assert.deepEqual(kinds.sort(), ['google', 'linkedin', 'meta', 'tiktok'])
})
