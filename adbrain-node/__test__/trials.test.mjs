// Policies tried in worlds: named ones and objects of JavaScript.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { AdbrainError, policies, schema, simulate, worlds } from '../index.mjs'

const short = new URL('../../examples/trial.toml', import.meta.url)
const DAYS = 4
const kept = (view) => ({ budgets: view.campaigns.map((campaign) => campaign.budget) })
const figures = ({ policy, ...score }) => score

class Keep {
  decide(view) {
    return kept(view)
  }
}
const later = { name: 'later', decide: async (view) => kept(view) }

test('a policy that keeps everything scores like the equal split', async () => {
  const scores = await simulate(short, ['equal', new Keep(), later], { seeds: [1, 2] })
  const told = scores.map(({ seed, policy }) => [seed, policy])
  assert.deepEqual(told, [1, 2].flatMap((seed) => ['equal', 'Keep', 'later'].map((policy) => [seed, policy])))
  for (const [equal, plain, slow] of [scores.slice(0, 3), scores.slice(3)]) {
    assert.deepEqual(figures(plain), figures(equal))
    assert.deepEqual(figures(slow), figures(equal))
  }
})

test('a policy with a state hears of each trial, and plays one at a time', async () => {
  const trials = []
  let playing = 0
  const counting = {
    begin: ({ seed }) => void trials.push({ seed, days: [] }),
    async decide(view) {
      assert.equal(playing, 0)
      playing += 1
      await new Promise(setImmediate)
      playing -= 1
      trials.at(-1).days.push(view.day)
      assert.ok(view.campaigns.every(({ days }) => days.length === view.day))
      return kept(view)
    },
  }
  await simulate(short, [counting], { seeds: [1, 2] })
  assert.deepEqual(trials.map(({ seed }) => seed), [1, 1, 2, 2])
  assert.ok(trials.every(({ days }) => days.length === DAYS))
})

test('a summary has a row for each policy, and company changes nothing', async () => {
  const path = fileURLToPath(short)
  const alone = await simulate(path, ['human'], { seeds: [1, 3] })
  const beside = await simulate(path, ['human', later], { seeds: [1, 3] })
  assert.deepEqual(beside.filter(({ policy }) => policy === 'human'), alone)
  const [summary, ...others] = await simulate(path, ['human'], { seeds: [1, 3], summary: true })
  const mean = alone.reduce((sum, score) => sum + score.value_share / 3, 0)
  assert.ok(others.length === 0 && summary.seeds === 3 && Math.abs(summary.value_share.mean - mean) < 1e-12)
  assert.deepEqual((await simulate(path, ['equal'], { seeds: 3 })).map(({ seed }) => seed), [3])
})

test('the names are listed, and the schemas say what a policy gets and gives', () => {
  assert.ok(worlds().includes('stationary') && policies().equal.length > 0)
  assert.ok(schema('trial_view').properties.campaigns && schema('trial_decision').properties.budgets)
})

test('a wrong decision is told by its field', async () => {
  const answers = [
    [{}, /missing field `budgets`/],
    [{ budgets: [{ amount: 5, currency: 'USD' }] }, /policy\.decide gave back a wrong value at budgets\[0\]\.amount/],
    [{ budgets: [] }, /0 budgets for 4 campaigns/],
    [undefined, /policy\.decide/],
  ]
  for (const [answer, message] of answers) {
    const trials = simulate(short, [{ name: 'says', decide: () => answer }], { seeds: 1 })
    await assert.rejects(trials, (error) => {
      assert.ok(error instanceof AdbrainError, error?.stack)
      assert.deepEqual([error.code, error.context.policy, error.context.seed], ['user_code', 'says', '1'])
      return assert.match(error.message, message) ?? true
    })
  }
})

test('an error of a policy comes back as itself', async () => {
  const original = new RangeError('no idea')
  const fail = () => { throw original }
  for (const policy of [{ decide: fail }, { decide: async () => fail() }, { begin: fail, decide: kept }]) {
    await assert.rejects(simulate(short, ['equal', policy], { seeds: [1, 2] }), (error) => error === original)
  }
})

test('aborted trials reject with the reason of the signal', async () => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const slow = { decide: () => new Promise(() => abort.abort(reason)) }
  await assert.rejects(simulate(short, [slow], { seeds: 1, signal: abort.signal }), (error) => error === reason)
  await assert.rejects(simulate(short, ['equal'], { signal: abort.signal }), (error) => error === reason)
})

test('rules are tried in place of policies', async () => {
  const scores = await simulate(short, [], { rules: ['guarded', 'legacy'], seeds: [1, 2] })
  assert.deepEqual(scores.map(({ rules, seed }) => [rules, seed]), [['guarded', 1], ['guarded', 2], ['legacy', 1], ['legacy', 2]])
  const summaries = await simulate(short, [], { rules: ['guarded'], seeds: [1, 2], summary: true })
  assert.equal(summaries[0].seeds, 2)
  assert.ok(schema('watch_score').properties.recall)
  await assert.rejects(simulate(short, [], { rules: ['guardet'] }), { code: 'not_found', message: /legacy/ })
  await assert.rejects(simulate(short, ['equal'], { rules: ['guarded'] }), { code: 'invalid_input', message: /rules/ })
})

test('what is wrong is named', async () => {
  const refused = async (field, ...given) => assert.rejects(simulate(...given), (error) => {
    assert.deepEqual([error.code, error.context?.field], ['invalid_input', field], error.stack)
    return assert.ok(error.nextStep, error.message) ?? true
  })
  await refused('policies', short, 'equal')
  await refused('policies', short, [])
  await refused('policies[1]', short, ['equal', 5])
  await refused('policies[1]', short, ['equal', {}])
  await refused('policies[1]', short, ['equal', 'equal'])
  await refused('policies[1]', short, [new Keep(), new Keep()])
  for (const seeds of [[2, 1], [-1, 1], [1, 2, 3], 1.5, '1..5', 2 ** 53, 7n, null]) await refused('seeds', short, ['equal'], { seeds })
  await refused('summary', short, ['equal'], { summary: 1 })
  await refused('foo', short, ['equal'], { foo: 1 })
  await refused('world', 5, ['equal'])
  await assert.rejects(simulate('stationery', ['equal']), { code: 'not_found', message: /stationary/ })
  await assert.rejects(simulate(short, ['nobody']), { code: 'not_found', message: /candidate/ })
  await assert.rejects(simulate(new URL('missing.toml', short), ['equal']), { code: 'not_found', message: /missing\.toml/ })
})
