// Budgets from rows: amounts, shadow prices, limits and a plot; curves from days.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { budget, datasets, stats } from '../index.mjs'

const { cases } = JSON.parse(readFileSync(new URL('../../tests/cases/budget_rows.json', import.meta.url), 'utf8'))
const rows = () => [
  { name: 'search', kind: 'hill', top: 900, half: 120, shape: 0.9, cap: 200, least: null },
  { name: 'video', curve: { kind: 'hill', top: 1400, half: 300, shape: 2.2 }, least: '50.00', cap: NaN },
  { name: 'social', kind: 'hill', top: 700, half: 90, shape: 1, group: 'meta', cap: undefined },
]
const options = { total: 600, currency: 'BRL', groups: [{ name: 'meta', cap: 120.5 }] }

test('rows are divided exactly as receivers are', () => {
  const found = budget.allocate(rows(), options)
  const brl = (amount) => ({ amount, currency: 'BRL' })
  const receivers = [
    { name: 'search', curve: { kind: 'hill', top: 900, half: 120, shape: 0.9 }, cap: brl('200') },
    { name: 'video', curve: { kind: 'hill', top: 1400, half: 300, shape: 2.2 }, least: brl('50') },
    { name: 'social', curve: { kind: 'hill', top: 700, half: 90, shape: 1 }, group: 'meta' },
  ]
  const same = stats.allocate({ total: brl('600'), receivers, groups: [{ name: 'meta', cap: brl('120.50') }] })
  assert.deepEqual([found.value, found.price, found.bound, found.gap], [same.value, same.price, same.bound, same.gap])
  assert.deepEqual(found.spend, same.spend)
  assert.deepEqual(found.frame.map(({ amount }) => amount.toFixed(2)), same.parts.map(({ amount }) => amount.amount))
  assert.deepEqual(Object.keys(found.frame[0]).sort(), ['amount', 'marginal', 'name', 'shadow_price', 'value'])
  assert.ok(found instanceof budget.BudgetAllocation && found.limits.some(({ limit }) => limit === 'total'))
})

test('a limit of its own has a shadow price', () => {
  const row = (name, cap) => ({ name, kind: 'log', scale: 100, unit: 10, cap })
  const found = budget.allocate([row('a', 10), row('b')], { total: 50 })
  assert.deepEqual(found.frame.map(({ amount }) => amount), [10, 40])
  assert.ok(Math.abs(found.frame[0].shadow_price - 3) < 1e-6 && found.frame[1].shadow_price === 0)
  assert.equal(found.limits[0].limit, 'receivers[a].high')
})

test('what is wrong is named by row and column', () => {
  const refused = (column, value, told) => {
    const changed = rows()
    changed[0][column] = value
    assert.throws(() => budget.allocate(changed, options), (error) => error.code === 'invalid_input' && error.message.startsWith(told))
  }
  refused('cap', 200.005, 'rows[0].cap: 200.005 has more than the 2 decimal places of BRL')
  refused('cpa', 3, 'rows[0].cpa: is no column')
  refused('top', -1, 'rows[0].curve.top: is -1')
  assert.throws(() => budget.allocate(rows(), { total: 0.1 + 0.2 }), /total: 0\.30000000000000004 has more/)
  assert.throws(() => budget.allocate(rows()), /total: is missing/)
  assert.throws(() => budget.allocate(rows(), { ...options, margn: 1 }), /margn: is no option/)
  assert.throws(() => budget.allocate({ name: 'a' }, options), /rows: is an object/)
})

test('the plot is that of the shared case', () => {
  const chart = cases.find(({ method }) => method === 'allocation_chart')
  const { rows, ...given } = cases.find(({ id }) => id === chart.of).input
  assert.equal(budget.allocate(rows, given).plot({ language: 'pt-BR' }), chart.expected.svg)
})

test('days become rows that are allocated as they are', () => {
  const day = (campaign, count, number) => ({
    campaign, group: 'meta', date: new Date(Date.UTC(2027, 0, number)), budget: 100, spend: 99.5, impressions: 9000, clicks: 90,
    conversions: count, revenue: 80 * count, known: 1,
  })
  const days = Array.from({ length: 56 }, (_, at) => day(at < 28 ? 'a' : 'b', at < 28 ? 2 : 4, 1 + (at % 28)))
  const curves = budget.estimate(days)
  assert.deepEqual(curves.map(({ name, kind, group }) => [name, kind, group]), [['a', 'power', 'meta'], ['b', 'power', 'meta']])
  const [a, b] = budget.allocate(curves, { total: 200 }).frame
  assert.ok(b.amount > a.amount && Math.abs(a.amount + b.amount - 200) < 1e-9)
  assert.throws(() => budget.estimate(days.slice(1)), /a has no row for 2027-01-01/)
})

test('an account is made up by its seed, and its days give curves', () => {
  const rows = datasets.demo({ days: 28 })
  assert.equal(rows.length, 28 * 32)
  assert.deepEqual([rows[0].date, rows[0].platform, rows[0].ad], ['2026-08-03', 'meta', 'meta-new-video'])
  // The same totals stand in the tests of Rust and Python.
  const total = (name, scale = 1) => rows.reduce((sum, row) => sum + Math.round(row[name] * scale), 0)
  assert.deepEqual([total('impressions'), total('clicks'), total('conversions'), total('spend', 100), total('revenue', 100)], [1568939, 32873, 1257, 3918717, 20996993])
  assert.deepEqual(datasets.demo({ days: 28, seed: 7 }), rows)
  assert.notDeepEqual(datasets.demo({ days: 28, seed: 8 }), rows)
  assert.throws(() => datasets.demo({ days: 0 }), /days/)
  const days = new Map()
  for (const { campaign, platform: group, date, budget: planned, ...row } of rows) {
    const day = days.get(campaign + date) ?? { campaign, group, date, known: 1, budget: 0, spend: 0, impressions: 0, clicks: 0, conversions: 0, revenue: 0 }
    day.budget += planned
    for (const name of ['spend', 'impressions', 'clicks', 'conversions', 'revenue']) day[name] += row[name]
    days.set(campaign + date, day)
  }
  assert.equal(budget.estimate([...days.values()]).length, 8)
})
