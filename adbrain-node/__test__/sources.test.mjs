import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { Brain, schema } from '../index.mjs'

const examples = new URL('../../examples/', import.meta.url).pathname
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-'))
after(() => rmSync(folder, { recursive: true }))
const mapping = { source: 'orders/shop', id: ['order'], day: 'date', time_zone: 'UTC', currency: 'BRL', amounts: ['total'] }
const ga4 = { source: 'ga4', property: '123', token: 'ya29.canary' }

function orders(rows) {
  const file = path.join(folder, 'orders.csv')
  writeFileSync(file, `order,date,total\n${rows}`)
  return file
}

test('orders are kept once, and restatements beside them', async () => {
  const brain = await Brain.local(path.join(folder, 'orders.db'))
  const file = orders('1,2026-01-05,40.00\n2,2026-01-06,15.50\n')
  const first = await brain.addFacts(file, mapping)
  assert.deepEqual([first.pulled.new_rows, first.pulled.known_until, first.problems], [2, '2026-01-06', []])
  assert.equal((await brain.addFacts(file, mapping)).pulled.new_rows, 0)
  assert.equal((await brain.addFacts(orders('1,2026-01-05,30.00\n'), mapping)).pulled.restated_rows, 1)
  const rows = await brain.known('orders/shop', '2026-01-01', '2026-01-31')
  assert.deepEqual(rows.map(({ row }) => row.amounts.total.amount), ['30.00', '15.50'])
  assert.deepEqual(await brain.known('orders/shop', '2026-01-01', '2026-01-31', { asOf: '2026-01-10T00:00:00Z' }), [])
  await assert.rejects(brain.addFacts(file, { ...mapping, source: 'orders' }), /source/)
  await assert.rejects(brain.pull('2026-01-01', '2026-01-02'), { code: 'not_found' })
})

test('a wrong source of people names its field and never its token', async () => {
  const cases = [
    [{ ...ga4, property: 'x' }, /property/],
    [[ga4, { ...ga4, tokken: '1' }], /tokken/],
  ]
  for (const [people, told] of cases) {
    const made = async () => {
      const brain = await Brain.local(path.join(folder, 'people.db'), { people })
      await brain.run(path.join(examples, 'brief.json'), { days: 1 })
    }
    await assert.rejects(made, (error) => {
      assert.match(error.message, told)
      assert.doesNotMatch(JSON.stringify(error) + error.stack, /canary/)
      return true
    })
  }
})

test('a wrong property of analytics names its field and never its token', async () => {
  const brain = await Brain.local(path.join(folder, 'analytics.db'))
  const property = { property: '349001122', token: 'ya29.canary' }
  for (const [change, told] of [[{ property: 'GA-1' }, /property/], [{ dimensions: ['date'] }, /dimensions/], [{ tokken: '1' }, /tokken/]]) {
    const wrong = { ...property, ...change }
    for (const analytics of [wrong, [wrong]]) {
      await assert.rejects(brain.pull('2026-01-01', '2026-01-02', { analytics }), (error) => {
        assert.match(error.message, told)
        assert.doesNotMatch(JSON.stringify(error) + error.stack, /canary/)
        return true
      })
    }
  }
  assert.ok(schema('analytics_source').properties.amounts)
})

test('the schema names each source of people', () => {
  const kinds = schema('people_source').oneOf.map((kind) => kind.properties.source.const)
  assert.deepEqual(kinds.sort(), ['ga4', 'instagram', 'page'])
})
