// Forests from columns and rows; the model is the same as in Rust and Python.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { AdbrainError, ForestRegressor } from '../index.mjs'

const rows = Array.from({ length: 200 }, (_, row) => ({
  budget: row % 9 === 0 ? null : row % 50,
  platform: row % 2 === 0 ? 'meta' : 'tiktok',
}))
const roas = rows.map((row, at) => (at % 50 < 25 ? 3 : 1) + (row.platform === 'meta' ? 0.5 : 0))
const columns = { budget: rows.map((row) => row.budget), platform: rows.map((row) => row.platform) }

test('rows and columns give the same model, and threads change nothing', () => {
  const bytes = [
    new ForestRegressor({ trees: 20 }).fit(rows, roas),
    new ForestRegressor({ trees: 20 }).fit(columns, Float64Array.from(roas)),
    new ForestRegressor({ trees: 20, threads: 2 }).fit(columns, roas),
  ].map((forest) => Buffer.from(forest.toBytes()).toString('hex'))
  assert.equal(bytes[0], bytes[1])
  assert.equal(bytes[0], bytes[2])
})

test('predictions carry intervals, reasons and past rows', () => {
  const forest = new ForestRegressor({ trees: 40 }).fit(columns, roas, { target: 'roas', window: ['2026-01-01', '2026-02-01'] })
  const asked = [{ budget: 10, platform: 'meta' }, { budget: 40, platform: 'unheard of' }]
  const [first, second] = forest.predict(asked)
  assert.ok(first > 3 && second < 2, `${first} ${second}`)
  const band = forest.predictInterval(asked, 0.9)
  assert.ok(band.low[0] <= band.median[0] && band.median[0] <= band.high[0])
  assert.equal(forest.predictQuantiles(asked, [0.1, 0.9]).length, 2)
  const why = forest.explain(asked)
  assert.ok(Math.abs(why.expected + why.contributions[0][0] + why.contributions[0][1] - first) < 1e-9)
  assert.equal(forest.nearest(asked, 2)[0].length, 2)
  assert.equal(forest.importances()[0].column, 'budget')
  assert.deepEqual([forest.card.target, forest.card.rows, forest.card.window[0]], ['roas', 200, '2026-01-01'])
  assert.ok(forest.plot(asked, { y: [3.2, NaN], by: 'budget' }).startsWith('<svg'))
})

test('settings are chosen and rows held out where that is asked for', () => {
  const forest = new ForestRegressor({ trees: 10, tune: 'intervals', guarantee: 'split' }).fit(columns, roas)
  assert.deepEqual([forest.card.guarantee, forest.card.rows], ['split', 150])
  assert.deepEqual(forest.card.tuned, { intervals: { level: 0.9 } })
  const again = ForestRegressor.fromBytes(forest.toBytes()).getParams()
  assert.deepEqual([again.tune, again.guarantee], ['intervals', 'split'])
  assert.throws(() => new ForestRegressor({ tune: 'luck' }).fit(columns, roas), (error) => error.code === 'invalid_input')
})

test('a column that only later rows have is a column', () => {
  const forest = new ForestRegressor({ trees: 5 }).fit([{ budget: 1 }, { budget: 2, platform: 'meta' }, { budget: 3 }], [1, 2, 3])
  assert.deepEqual(forest.card.features, ['budget', 'platform'])
})

test('a model is read back from its bytes, and changed bytes are refused', () => {
  const forest = new ForestRegressor({ trees: 10, minLeaf: 2, seed: 4 }).fit(columns, roas)
  const again = ForestRegressor.fromBytes(forest.toBytes())
  assert.deepEqual(again.predict(columns), forest.predict(columns))
  assert.deepEqual(again.getParams(), forest.getParams())
  assert.ok(JSON.parse(forest.toJson()).trees.length === 10)
  const bytes = Uint8Array.from(forest.toBytes())
  bytes[100] ^= 1
  assert.throws(() => ForestRegressor.fromBytes(bytes), (error) => error instanceof AdbrainError && error.code === 'corrupt')
})

test('lists of numbers have no names, and wrong input is named', () => {
  const forest = new ForestRegressor({ trees: 5 }).fit([[1, 2], [2, 1], [3, 5]], [1, 2, 3])
  assert.deepEqual(forest.card.features, ['x0', 'x1'])
  assert.equal(forest.predict([[1, 2]]).length, 1)
  for (const [work, field] of [
    [() => new ForestRegressor({ leaves: 3 }), 'leaves'],
    [() => new ForestRegressor({ trees: 0 }).fit(columns, roas), 'trees'],
    [() => new ForestRegressor().predict(columns), 'model'],
    [() => forest.predict([[1]]), 'X'],
    [() => new ForestRegressor().fit({ a: [1, Infinity] }, [1, 2]), 'a'],
  ]) {
    assert.throws(work, (error) => error.code === 'invalid_input' && error.message.startsWith(field), field)
  }
})

test('the model is that of the reference case', () => {
  const [{ input, expected }] = JSON.parse(readFileSync(new URL('../../tests/cases/forest.json', import.meta.url), 'utf8')).cases
  const given = Object.fromEntries(input.columns.map(({ name, values }) => [name, values]))
  const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
  const settings = Object.fromEntries(Object.entries(input.settings).map(([name, value]) => [camel(name), value]))
  const forest = new ForestRegressor(settings).fit(given, input.targets, { target: 'target' })
  assert.equal(createHash('sha256').update(forest.toBytes()).digest('hex'), expected.model_hash)
})
