import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { Brain, restore } from '../index.mjs'

const examples = new URL('../../examples/', import.meta.url).pathname
const briefFile = path.join(examples, 'brief.json')
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-'))
after(() => rmSync(folder, { recursive: true }))
const file = (name) => path.join(folder, name)

class Lengths {
  texts = []
  async embed(texts) {
    this.texts.push(...texts)
    return texts.map((text) => [1, text.length])
  }
}

test('learnings are listed, ranked, pooled, forgotten, and come back from a backup', async () => {
  const embedder = new Lengths()
  const brain = await Brain.local(file('b.db'), { embedder })
  const result = await brain.run(briefFile, { days: 7 })
  const rows = await brain.learnings({ industry: 'fashion' })
  assert.equal(rows.length, result.learnings.length)
  assert.ok(rows.length > 0)
  assert.equal(rows[0].grounds.taint, 'measured')
  assert.deepEqual(await brain.learnings({ asOf: '2000-01-01T00:00:00Z' }), [])
  assert.equal((await brain.learningsCsv()).trim().split('\n').length, rows.length + 1)
  const campaign = { platforms: ['meta'], text: 'linen shirt' }
  assert.equal((await brain.similar('fashion', rows[0].objective, { ranking: 'likeness', campaign, limit: 1 })).length, 1)
  assert.ok(embedder.texts.includes('linen shirt  '))
  await assert.rejects(brain.similar('fashion', 'sales', { ranking: 'likeness' }), { code: 'invalid_input' })
  assert.ok((await brain.practices()).length > 0)
  for (const { success } of await brain.combinations(5)) assert.ok(success.low <= success.value && success.value <= success.high)
  await brain.backup(file('copy.db'))
  await assert.rejects(brain.forget({}), { code: 'invalid_input' })
  assert.equal(await brain.forget({ before: '2100-01-01T00:00:00Z' }), rows.length)
  await restore(file('copy.db'), file('again.db'))
  assert.deepEqual(await (await Brain.local(file('again.db'))).learnings(), rows)
  await assert.rejects(restore(file('copy.db'), file('again.db')), { code: 'conflict' })
})
