// What a caller gives is taken exactly or refused by its name, before a file is made.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { AdbrainError, Brain, importHistory, verifyJournal } from '../index.mjs'

const examples = new URL('../../examples/', import.meta.url).pathname
const briefFile = path.join(examples, 'brief.json')
const history = path.join(examples, 'history.csv')
const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-options-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0
const place = (ending = 'db') => path.join(folder, `${(count += 1)}.${ending}`)
const brief = () => JSON.parse(readFileSync(briefFile, 'utf8'))
const options = { days: 1, folder: examples, mode: 'dry_run' }

function written(text, encoding = 'utf8') {
  const file = place('txt')
  writeFileSync(file, text, encoding)
  return file
}

// Asks a new brain, which has to refuse with the field and a next step, and to make no file.
async function refused(field, ask, message = /./) {
  const store = place()
  const check = (error) => {
    assert.ok(error instanceof AdbrainError, `${field}: ${error?.stack}`)
    assert.deepEqual([error.code, error.context.field], ['invalid_input', field], error.message)
    assert.match(error.message, message)
    return assert.ok(error.nextStep, error.message) ?? true
  }
  await assert.rejects(async () => ask(store), check)
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith(path.basename(store))), [])
}
const running = (given, more) => async (store) => (await Brain.local(store)).run(given, { ...options, ...more })
const withParts = (parts) => (store) => Brain.local(store, parts)

test('a brief file is read as its bytes say', async () => {
  const text = readFileSync(briefFile, 'utf8')
  await refused('brief', running(written(text, 'latin1')), /not UTF-8 at byte/)
  await refused('budget', running(written(text.replace('"amount"', '"amount": "600000.00", "amount"'))), /duplicate field/)
  await refused('name', running(written(`{"name": ${'['.repeat(100_000)}`)))
  await refused('days', running(written(text.replace('"name"', '\n\n"days": 1, "name"'))), /unknown field `days`.* at line 4 column 6;/)
  await assert.rejects(running('nothing.json')(place()), { code: 'not_found', message: /nothing\.json cannot be read.*check the path/ })
  const result = await running(pathToFileURL(briefFile), { folder: undefined })(place())
  assert.equal(result.strategy.brief.name, brief().name)
})

test('a world and a mapping that are not UTF-8 are refused', async () => {
  const file = written('name = "São Paulo"', 'latin1')
  await refused('world', withParts({ world: file }), /save it as UTF-8/)
  await refused('mapping', running(brief(), { history, mapping: file }), /save it as UTF-8/)
})

test('what is no brief is refused', async () => {
  for (const given of [null, undefined, 5, [1], () => 1]) await refused('brief', running(given))
  await refused('brief', running(new URL('https://example.com/brief.json')), /give its path/)
})

test('a value that JSON cannot hold is refused by its path', async () => {
  const budget = (amount) => ({ ...brief(), budget: { amount, currency: 'BRL' } })
  await refused('brief.budget.amount', running(budget(NaN)), /is NaN/)
  await refused('brief.budget.amount', running(budget(3n)), /is 3n, which JSON cannot hold/)
  await refused('brief.markets', running({ ...brief(), markets: new Set(['BR']) }), /is a Set/)
  await refused('brief.name', running({ ...brief(), name: '\ud800' }), /not valid Unicode/)
  await refused('brief.formats[0]', running({ ...brief(), formats: [Symbol('video')] }), /is a symbol/)
  await refused('history.rows[0].spend', running(brief(), { history: { rows: [{ spend: Infinity }] } }), /is Infinity/)
  await refused('people.size', withParts({ people: { size: NaN } }))
  const circle = brief()
  circle.product.self = circle
  await assert.rejects(running(circle)(place()), { code: 'invalid_input', message: /nested/ })
})

test('an answer that JSON cannot hold is refused by its path', async () => {
  const circle = {}
  circle.self = circle
  const answers = { 'copywriter.run().variants': { variants: 3n }, 'copywriter.run().refused[0]': { refused: [NaN] } }
  for (const [field, answer] of Object.entries(answers)) {
    const brain = await Brain.local(place(), { copywriter: { run: () => answer } })
    await assert.rejects(brain.run(brief(), options), (error) => error.code === 'invalid_input' && error.context.field === field)
  }
  const brain = await Brain.local(place(), { copywriter: { run: () => circle } })
  await assert.rejects(brain.run(brief(), options), { code: 'invalid_input', message: /nested/ })
})

test('options are refused by their names', async () => {
  const wrong = {
    seed: [NaN, -1, 1.5, 2 ** 53, 2n ** 64n, -1n, '7', null], days: [NaN, -1, 1.5, 2 ** 32], retries: [NaN, -1, 0.5],
    stepTimeout: [NaN, Infinity, 0, -1, '9'], onEvent: [5, {}], signal: [5, { aborted: true }], mapping: [5, 'adbrain'], history: [5, []],
    folder: [5], mode: [5], runId: [5], onFailure: [5], apply: [5], foo: [1], toString: [1],
  }
  for (const [name, values] of Object.entries(wrong)) for (const value of values) await refused(name, running(brief(), { [name]: value }))
  await refused('mode', running(brief(), { mode: 'yolo' }), /unknown variant/)
  await refused('apply.rule', running(brief(), { apply: { rule: 'mine' } }), /unknown variant/)
  await refused('mapping', running(brief(), { mapping: 'adbrain' }), /give a history too/)
  await refused('options', async (store) => (await Brain.local(store)).run(brief(), null))
  await refused('foo', async (store) => (await Brain.local(store)).graph(brief(), { foo: 1 }))
})

test('options of the other methods are refused by their names', async () => {
  const brain = await Brain.local(place())
  for (const hours of [NaN, Infinity, 0, -1, '9']) await refused('hours', () => brain.approve('0'.repeat(64), { by: 'Ana', hours }))
  await refused('foo', () => brain.approve('0'.repeat(64), { by: 'Ana', foo: 1 }))
  await refused('foo', () => brain.undo('0'.repeat(64), { foo: 1 }))
  await refused('foo', () => Brain.remote('http://127.0.0.1:9', '', { foo: 1 }))
  await refused('foo', () => importHistory(history, { currency: 'BRL', foo: 1 }))
  await refused('foo', () => verifyJournal('nothing.db', { foo: 1 }))
  await refused('currency', () => importHistory(history), /is missing/)
  await refused('history', () => importHistory(5, { currency: 'BRL' }))
})

test('what is no part is refused by its name', async () => {
  for (const wrong of [null, 5, 'mine', []]) await refused('strategist', withParts({ strategist: wrong }))
  await refused('connectors', withParts({ connectors: 5 }))
  await refused('connectors[1]', withParts({ connectors: [{}, 5] }))
  await refused('world', withParts({ world: 5 }))
  await refused('people', withParts({ people: 5 }))
  await refused('options', withParts(5))
  await refused('file', () => Brain.local(5))
})

test('a seed is taken with all its bits', async () => {
  const seed = 2n ** 60n + 1n
  const brain = await Brain.local(place())
  const result = await brain.run(brief(), { ...options, seed })
  assert.equal(result.seed, seed)
  assert.equal(JSON.parse(JSON.stringify(result)).seed, String(seed))
  assert.match(result.report.json(), new RegExp(`"seed":${seed}\\b`))
  const [small, number] = [await brain.run(brief(), { ...options, seed: 11n }), await brain.run(brief(), { ...options, seed: 11 })]
  assert.deepEqual([small.seed, small.run], [11, number.run])
})

test('another object in a place is another run, and the same object the same one', async () => {
  const store = place()
  const answer = (value) => (inputs) => inputs.map(() => ({ value, low: 1, high: 99, level: 0.9, method: 'mine', sample_size: 5 }))
  const run = async (predictor) => (await (await Brain.local(store, { predictor })).run(brief(), options)).run
  const first = await run({ predictRoas: (inputs) => answer(2)(inputs) })
  const second = await run({ predictRoas: (inputs) => answer(9)(inputs) })
  assert.notEqual(first, second)
  assert.equal(await run({ predictRoas: (inputs) => answer(2)(inputs) }), first)
  // What a method closes over is not seen; a name tells.
  const named = (name) => ({ name, predictRoas: answer(3) })
  assert.notEqual(await run(named('three')), await run(named('four')))
  assert.equal(await run(named('three')), await run({ name: 'three', predictRoas: answer(5) }))
  const Nameless = [class { predictRoas(inputs) { return answer(6)(inputs) } }][0]
  const Other = [class { predictRoas(inputs) { return answer(7)(inputs) } }][0]
  assert.notEqual(await run(new Nameless()), await run(new Other()))
  class Eight { static predictRoas(inputs) { return answer(8)(inputs) } }
  class Nine { static predictRoas(inputs) { return answer(9)(inputs) } }
  assert.notEqual(await run(Eight), await run(Nine))
})
