// Predictions without a brain: rows in, results out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { customerValue, daysToSaturation, personas, predictRoas } from '../index.mjs'

const past = Array.from({ length: 80 }, (_, at) => ({
  platform: at % 2 ? 'meta' : 'tiktok',
  budget: 20 + at,
  spend: 20 + at,
  conversions: at % 5,
  revenue: (20 + at) * (at % 2 ? 4 : 1.5) * (1 + ((at * 7) % 11) / 40),
}))
const asked = [{ platform: 'meta', budget: 50 }, { platform: 'tiktok', budget: 50, revenue: null }]

test('rows without a result are asked about, or those beside a history', () => {
  const found = predictRoas([...past, ...asked], { trees: 40, seed: 1 })
  assert.deepEqual([found.predictions.length, found.rows_learnt], [2, 80])
  assert.deepEqual(predictRoas(asked, { history: past, trees: 40, seed: 1 }), found)
  assert.ok(found.predictions[0].predicted_roas > found.predictions[1].predicted_roas)
  assert.throws(() => predictRoas(past), (error) => error.code === 'invalid_input')
})

test('an audience has its days, people their groups, customers their value', () => {
  assert.equal(daysToSaturation({ size: 100000, daily_impressions: 40000 }).undefined, undefined)
  assert.throws(() => daysToSaturation({ size: 100000 }), (error) => error.code === 'invalid_input')
  assert.ok(personas({ profiles: [{ source: 'social', people: 30, gender: 'male' }] }))
  const orders = Array.from({ length: 400 }, (_, at) => ({ customer: at % 90, date: new Date(Date.UTC(2026, 0, 1 + ((at * 37) % 170))), amount: 5 + (at % 20) }))
  const found = customerValue(orders, { until: '2026-06-30', currency: 'EUR' })
  assert.deepEqual([found.customers.length, found.currency], [90, 'EUR'])
  const gap = orders.with(2, { ...orders[2], amount: null })
  assert.throws(() => customerValue(gap), (error) => error.code === 'invalid_input' && error.message.startsWith('orders[2].amount: is missing'))
  const people = { profiles: [{ source: 'social', people: 60, gender: 'male' }] }
  assert.equal(personas({ ...people, salt: '7' }).people.salt, '7')
  assert.notEqual(personas(people).people.salt, personas(people).people.salt)
})
