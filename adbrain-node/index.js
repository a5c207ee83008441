'use strict'
// The public face of the engine: objects in, objects out, and errors rebuilt from structured text.

const { randomBytes } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { fileURLToPath } = require('node:url')
const native = require('./native.js')

const RETRYABLE = ['rate_limited', 'unavailable', 'timed_out']

/** An error of the engine: `code` means the same in every language. A connector may throw one, and its code is understood. */
class AdbrainError extends Error {
  constructor(code, message, { context = {}, nextStep } = {}) {
    super(message)
    this.name = 'AdbrainError'
    this.code = code
    this.context = context
    this.platform = context.platform
    this.nextStep = nextStep ?? undefined
    this.retryable = RETRYABLE.includes(code)
  }
}

const invalid = (field, what, nextStep) =>
  new AdbrainError('invalid_input', nextStep ? `${field}: ${what}; ${nextStep}` : `${field}: ${what}`, { context: { field }, nextStep })

// Exceptions of user code wait here under a number until the run that they ended throws them again.
// Those that end no run, because the engine can do without the answer, make room for newer ones.
const KEPT = 64
const userErrors = new Map()
let lastNumber = 0

function keep(error) {
  lastNumber += 1
  userErrors.set(lastNumber, error)
  if (userErrors.size > KEPT) userErrors.delete(userErrors.keys().next().value)
  return lastNumber
}

function rebuild(error) {
  const text = error instanceof Error ? error.message : String(error)
  if (!text.startsWith('adbrain:')) return error
  const body = JSON.parse(text.slice('adbrain:'.length))
  if (body.userError !== null && userErrors.has(body.userError)) {
    const original = userErrors.get(body.userError)
    userErrors.delete(body.userError)
    return original
  }
  return new AdbrainError(body.kind, body.message, body)
}

function sync(work) {
  try {
    return work()
  } catch (error) {
    throw rebuild(error)
  }
}

async function later(work) {
  try {
    return await work()
  } catch (error) {
    throw rebuild(error)
  }
}

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase())

// A method may have several arguments; the engine sends them as one object.
const argumentsOf = {
  create: (input) => [input.tree, { entry: input.entry }],
  upload: (input) => [{ ...input.upload, bytes: Uint8Array.from(input.upload.bytes) }, { entry: input.entry }],
  change: (input) => [input.change, { entry: input.entry }],
  record_combinations: (input) => [input.source, input.combinations],
}

function callable(object) {
  return async (request) => {
    const { method, input } = JSON.parse(request)
    try {
      const name = camel(method)
      // An agent need not answer feedback itself: the default agent's rule then does.
      if (method === 'respond' && !(name in object)) return JSON.stringify({ value: null })
      if (typeof object[name] !== 'function') throw new TypeError(`the object has no method ${name}; add it`)
      const value = await object[name](...(argumentsOf[method]?.(input) ?? [input]))
      return JSON.stringify({ value: value === undefined ? null : value })
    } catch (error) {
      const kind = error instanceof AdbrainError ? error.code : null
      return JSON.stringify({ error: String(error?.message ?? error), kind, number: keep(error) })
    }
  }
}

const PARTS = ['strategist', 'creative', 'copywriter', 'optimizer', 'analyst', 'memory', 'predictor']

/** The report of a run. */
class Report {
  #result
  constructor(result) {
    this.#result = result
  }
  markdown(language = 'en') {
    return sync(() => this.#result.markdown(language))
  }
  html(language = 'en') {
    return sync(() => this.#result.html(language))
  }
  json() {
    return sync(() => this.#result.json())
  }
}

/** Everything that a run did and found. */
class RunResult {
  #result
  constructor(result) {
    this.#result = result
    Object.assign(this, JSON.parse(result.json()))
    this.report = new Report(result)
    Object.defineProperty(this, 'report', { enumerable: false })
  }
  planJson() {
    return sync(() => this.#result.planJson())
  }
  toJSON() {
    return JSON.parse(this.#result.json())
  }
}

function readFile(what, file) {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    const code = { ENOENT: 'not_found', EISDIR: 'invalid_input' }[error.code] ?? 'unavailable'
    throw new AdbrainError(code, `${what}: ${file} cannot be read: ${error.code}; check the path`, { nextStep: 'check the path' })
  }
}

function readBrief(brief) {
  if (typeof brief !== 'string' && !(brief instanceof URL)) return { brief }
  const file = brief instanceof URL ? fileURLToPath(brief) : brief
  const text = readFile('brief', file).toString('utf8')
  try {
    return { brief: JSON.parse(text), folder: path.dirname(file) }
  } catch (error) {
    throw invalid('brief', error.message, "compare it with schema('brief')")
  }
}

// The user's own parts as the engine takes them.
function partsOf(options) {
  const parts = new native.NativeParts()
  const replace = (part, object) => parts.replace(part, object.constructor?.name ?? 'object', callable(object))
  for (const [part, object] of Object.entries(options)) {
    if (object === undefined) continue
    if (part === 'connectors') object.forEach((connector) => replace('connector', connector))
    else if (part === 'world') parts.world(readFile('world', object).toString('utf8'))
    else if (part === 'people') sync(() => parts.people(JSON.stringify(object)))
    else if (PARTS.includes(part)) replace(part, object)
    else throw invalid(part, 'is no part of a brain', `use one of ${PARTS.join(', ')}, connectors, world, people`)
  }
  return parts
}

/** The engine over one store. */
class Brain {
  #native
  constructor(nativeBrain) {
    this.#native = nativeBrain
  }

  static async local(file = 'brain.db', options = {}) {
    const parts = partsOf(options)
    return later(async () => new Brain(await native.NativeBrain.local(String(file), parts)))
  }

  static async remote(url, token = '', { files = 'brain.db', ...options } = {}) {
    const parts = partsOf(options)
    return later(async () => new Brain(await native.NativeBrain.remote(String(url), token, String(files), parts)))
  }

  async run(brief, options = {}) {
    const { signal, onEvent, ...rest } = options
    signal?.throwIfAborted()
    const cancel = new native.NativeCancel()
    const abort = () => cancel.cancel()
    signal?.addEventListener('abort', abort, { once: true })
    const events = onEvent ? new native.NativeEvents((text) => void listen(onEvent, text)) : undefined
    try {
      return await later(async () => new RunResult(await this.#native.run(JSON.stringify(prepare(brief, rest)), cancel, events)))
    } catch (error) {
      if (signal?.aborted && error.code === 'cancelled') throw signal.reason
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      await events?.drain()
    }
  }

  async approve(planHash, { by, hours, runId, mode } = {}) {
    const order = { planHash: String(planHash), by: String(by ?? ''), hours, runId, mode }
    return later(async () => JSON.parse(await this.#native.approve(JSON.stringify(order))))
  }

  async undo(entry, { mode = 'dry_run' } = {}) {
    return later(async () => JSON.parse(await this.#native.undo(String(entry), mode)))
  }

  async graph(brief, options = {}) {
    return later(() => this.#native.graph(JSON.stringify(prepare(brief, options))))
  }
}

// A listener that throws, now or later, must not end the process from inside the engine: it becomes a warning.
async function listen(onEvent, text) {
  if (text === '') return
  try {
    await onEvent(JSON.parse(text))
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), 'AdbrainListenerError')
  }
}

function prepare(given, { history, mapping, ...options }) {
  const request = { ...options, ...readBrief(given), ...(options.folder ? { folder: options.folder } : {}) }
  if (typeof history === 'string') {
    request.historyFile = history
    request.mapping = mappingText(mapping)
  } else if (history !== undefined) {
    request.history = history
  }
  return request
}

/** Reads a history file or its bytes. */
function importHistory(source, { currency = 'USD', mapping } = {}) {
  return sync(() => {
    const bytes = typeof source === 'string' ? readFile('history', source) : Buffer.from(source)
    return JSON.parse(native.importHistory(bytes, currency, mappingText(mapping)))
  })
}

// The name of a built-in mapping, the path of a JSON file, or the mapping itself.
function mappingText(mapping) {
  if (mapping === undefined) return undefined
  if (typeof mapping !== 'string') return JSON.stringify(mapping)
  return native.mappingNames().includes(mapping) ? mapping : readFile('mapping', mapping).toString('utf8')
}

/** The JSON Schema of a value by its name. */
const schema = (name) => sync(() => JSON.parse(native.schema(name)))

/** Walks the hash chain of a store's journal. */
async function verifyJournal(file, { head } = {}) {
  return later(async () => JSON.parse(await native.verifyJournal(String(file), head)))
}

/** The names that `schema` knows. */
const schemaNames = () => native.schemaNames()

// What JSON cannot hold: numbers that are not finite become texts, typed arrays become lists.
function numbers(_, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  return ArrayBuffer.isView(value) ? Array.from(value) : value
}

// The same without lists where the arguments hold typed arrays of doubles that the method takes as such.
function onArrays(name, given) {
  const [names, arrays, others] = [[], [], {}]
  const split = (path, object, rest) => {
    for (const [key, value] of Object.entries(object)) {
      if (value instanceof Float64Array) {
        names.push(path + key)
        arrays.push(value)
      } else if (path === '' && value !== null && typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
        const inner = {}
        split(`${key}.`, value, inner)
        if (Object.keys(inner).length > 0) rest[key] = inner
      } else rest[key] = value
    }
  }
  split('', given, others)
  if (arrays.length === 0) return undefined
  const found = native.statisticOnArrays(name, names, arrays, JSON.stringify(others, numbers))
  if (found === null || found === undefined) return undefined
  const columns = found.names.map((column, at) => [column, found.columns[at]])
  return { ...JSON.parse(found.values), ...Object.fromEntries(columns) }
}

/** The statistics of experiments, each by its name. */
const stats = Object.freeze(
  Object.fromEntries(
    JSON.parse(native.statistics()).map(([name]) => [
      camel(name),
      (given) => sync(() => onArrays(name, given ?? {}) ?? JSON.parse(native.statistic(name, JSON.stringify(given ?? {}, numbers)))),
    ]),
  ),
)

/** Compares two samples at one look. */
const abTest = (control, variant, options = {}) => stats.abTest({ control, variant, ...options })

/** Reads a test by its settings and data: estimates, checks and a verdict per variant. */
const readout = (settings, data) => stats.readout({ settings, data })

// A column as the engine takes it: doubles, or names of levels; what is missing is NaN or null.
function cells(values) {
  if (values instanceof Float64Array) return values
  const list = Array.from(values)
  if (list.some((value) => typeof value === 'string')) return list.map((value) => (value === null || value === undefined ? null : String(value)))
  return Float64Array.from(list, (value) => (value === null || value === undefined ? NaN : Number(value)))
}

// Columns from an object of columns, rows as objects, or rows as lists; lists have no names of their own.
function columnsOf(X) {
  if (!Array.isArray(X)) {
    if (X === null || typeof X !== 'object') throw invalid('X', 'is neither columns nor rows', 'give { name: values } or a list of rows')
    return { names: Object.keys(X), columns: Object.values(X).map(cells) }
  }
  if (X.length === 0) throw invalid('X', 'has no rows', 'give at least one row')
  const isList = Array.isArray(X[0])
  // A row may lack what others have.
  const keys = [...new Set(X.flatMap((row) => Object.keys(row)))]
  return { names: isList ? undefined : keys, columns: keys.map((key) => cells(X.map((row) => row[key]))) }
}

const SETTINGS = { trees: 200, minLeaf: 5, columnsPerSplit: 1, mode: 'random_forest', bins: 255, seed: 0, threads: 1, tune: null, guarantee: 'out_of_bag' }
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A forest whose predictions carry intervals that hold at their level. */
class ForestRegressor {
  #native
  #settings
  constructor(settings = {}) {
    const unknown = Object.keys(settings).find((name) => !(name in SETTINGS))
    if (unknown) throw invalid(unknown, 'is no setting', `use one of ${Object.keys(SETTINGS).join(', ')}`)
    this.#settings = { ...SETTINGS, ...settings }
  }

  static fromBytes(bytes, { threads = 1 } = {}) {
    return sync(() => {
      const native_ = native.NativeForest.fromBytes(Buffer.from(bytes), threads)
      const settings = Object.entries(JSON.parse(native_.settings())).map(([name, value]) => [camel(name), value])
      const { guarantee, tuned } = JSON.parse(native_.card())
      const tune = tuned === null || tuned === 'points' ? tuned : 'intervals'
      const forest = new ForestRegressor({ ...Object.fromEntries(settings), tune, guarantee })
      forest.#native = native_
      return forest
    })
  }

  getParams() {
    return { ...this.#settings }
  }

  fit(X, y, { weights, target = 'y', window } = {}) {
    return sync(() => {
      const { names, columns } = columnsOf(X)
      const { tune, guarantee, ...forest } = this.#settings
      const grown = Object.fromEntries(Object.entries(forest).map(([name, value]) => [snake(name), value]))
      const settings = { forest: grown, tune: tune === 'intervals' ? { intervals: { level: 0.9 } } : tune, guarantee }
      const given = names ?? columns.map((_, at) => `x${at}`)
      const light = weights === undefined ? undefined : Float64Array.from(weights)
      this.#native = native.NativeForest.fit(given, columns, Float64Array.from(y), light, JSON.stringify({ settings, target, window }))
      return this
    })
  }

  #ask(X, ask) {
    return sync(() => {
      if (this.#native === undefined) throw invalid('model', 'is not fitted yet', 'call fit first')
      const { names, columns } = columnsOf(X)
      const trained = this.card.features
      if (names === undefined && columns.length !== trained.length) throw invalid('X', `has ${columns.length} columns, the model ${trained.length}`, 'give the columns of the training table')
      return ask(this.#native, names ?? trained, columns)
    })
  }

  predict(X) {
    return this.#ask(X, (model, names, columns) => model.predict(names, columns))
  }

  predictInterval(X, level = 0.9) {
    const [median, low, high] = this.#ask(X, (model, names, columns) => model.intervals(names, columns, level))
    return { median, low, high }
  }

  predictQuantiles(X, shares = [0.05, 0.5, 0.95]) {
    return this.#ask(X, (model, names, columns) => model.quantiles(names, columns, [...shares]))
  }

  explain(X) {
    const [[expected], ...contributions] = this.#ask(X, (model, names, columns) => model.explain(names, columns))
    return { columns: this.card.features, expected, contributions }
  }

  nearest(X, count = 3) {
    return JSON.parse(this.#ask(X, (model, names, columns) => model.nearest(names, columns, count)))
  }

  importances({ repeats = 5, seed = 0 } = {}) {
    return JSON.parse(this.#fitted((model) => model.importances(repeats, seed)))
  }

  /** The predictions with their band as SVG. */
  plot(X, { y, by, level = 0.9, language = 'en' } = {}) {
    const band = this.predictInterval(X, level)
    const { names, columns } = columnsOf(X)
    const at = by === undefined ? undefined : columns[(names ?? this.card.features).indexOf(by)]
    return stats.bandChart({ ...band, ...(y && { actual: Array.from(y) }), ...(at && { at: Array.from(at) }), language }).svg
  }

  #fitted(read) {
    return sync(() => {
      if (this.#native === undefined) throw invalid('model', 'is not fitted yet', 'call fit first')
      return read(this.#native)
    })
  }

  get card() {
    return JSON.parse(this.#fitted((model) => model.card()))
  }

  /** The model as the bytes of a file: the same in Rust, Python and Node. */
  toBytes() {
    return this.#fitted((model) => model.toBytes())
  }

  toJson() {
    return this.#fitted((model) => model.toJson())
  }
}

// The rows of a list without what is missing: null, undefined and NaN.
const known = (rows) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined && !Number.isNaN(value))))

/** What each customer is worth, from order lines; `until` is the day of the last order by default. */
function customerValue(orders, { until, currency = 'USD', ...options } = {}) {
  const day = (date) => (date instanceof Date ? date.toISOString() : String(date)).slice(0, 10)
  const money = (amount) => (typeof amount === 'object' ? amount : { amount: String(amount), currency })
  const lines = known(orders).map((line, at) => {
    const missing = ['customer', 'date', 'amount'].find((name) => !(name in line))
    if (missing) throw invalid(`orders[${at}].${missing}`, 'is missing', 'fill it in or leave the line out')
    return { customer: String(line.customer), date: day(line.date), amount: money(line.amount) }
  })
  const last = until === undefined ? lines.reduce((latest, { date }) => (date > latest ? date : latest), '') : day(until)
  return stats.customerValues({ orders: lines, until: last, ...options })
}

/** What ROAS, CPA, CTR or CVR to expect; without `history` the rows that have no result are asked about, learnt from the others. */
function predictRoas(rows, { history, ...options } = {}) {
  const given = known(rows)
  const hasResult = (row) => 'revenue' in row || 'conversions' in row
  const past = history === undefined ? given.filter(hasResult) : known(history)
  const asked = history === undefined ? given.filter((row) => !hasResult(row)) : given
  if (asked.length === 0) throw invalid('rows', 'none is asked about', 'leave revenue and conversions out, or give { history }')
  return stats.predictRoas({ history: past, rows: asked, ...options })
}

/** Days until an audience answers with less than 0.7 of the first day's click rate, as quantiles. */
const daysToSaturation = (audience) => stats.daysToSaturation(audience)

/**
 * Groups of people from profiles and CSV files of orders, analytics and social insights. Without `people` and `salt`, a salt is drawn at
 * random: it hashes the names of those who ask to be forgotten.
 */
const personas = (given) => stats.personas(given.people === undefined ? { salt: randomBytes(16).toString('hex'), ...given } : given)

module.exports = { AdbrainError, Brain, ForestRegressor, Report, RunResult, abTest, customerValue, daysToSaturation, importHistory, personas, predictRoas, readout, schema, schemaNames, stats, verifyJournal, version: native.version() }
