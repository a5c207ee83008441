'use strict'
// The brain, its runs and their reports, over the user's own parts.

const { createHash } = require('node:crypto')
const path = require('node:path')
const native = require('../native.js')
const { Lifetime } = require('./cancel.js')
const { invalid, later, sync } = require('./errors.js')
const { mapping, mappingText, readText } = require('./history.js')
const { Dashboard, Plan, RunDrift, RunEvents, RunStatus, disposedBy } = require('./orders.js')
const { above, callback, checked, file, flag, list, part, pathOrObject, plainObject, seed, signal, text, whole } = require('./options.js')
const { callable } = require('./user.js')

const PARTS = ['strategist', 'creative', 'copywriter', 'optimizer', 'analyst', 'memory', 'embedder', 'predictor']

/** Which learnings are meant, as the engine takes it. */
function asked(query) {
  const given = { industry: text, objective: text, campaign: text, brand: text, asOf: text, limit: whole }
  const { asOf: as_of, ...rest } = checked(query, given)
  return { ...rest, as_of }
}

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
  csv(language = 'en') {
    return sync(() => this.#result.csv(language))
  }
  xlsx(language = 'en') {
    return sync(() => this.#result.xlsx(language))
  }
  pdf(language = 'en') {
    return sync(() => this.#result.pdf(language))
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
    if (!Number.isSafeInteger(this.seed)) this.seed = result.seed()
    this.report = new Report(result)
    Object.defineProperty(this, 'report', { enumerable: false })
  }
  planJson() {
    return sync(() => this.#result.planJson())
  }
  toJSON() {
    const seed = typeof this.seed === 'bigint' ? String(this.seed) : this.seed
    return { ...JSON.parse(this.#result.json()), seed }
  }
}

const briefGiven = pathOrObject("an object as schema('brief') describes it, or the path of a JSON file")

// A file is read by the engine, which sees its bytes.
function briefOf(given) {
  const brief = briefGiven('brief', given)
  return typeof brief === 'string' ? { briefFile: brief, folder: path.dirname(brief) } : { brief }
}

/** What tells a part from others in the same place: its class, else its own `name`, else the source text of its methods. */
function nameOf(object) {
  const className = typeof object === 'function' ? '' : object.constructor?.name
  if (className && className !== 'Object') return className
  return typeof object.name === 'string' && object.name !== '' ? object.name : `object ${sourceHash(object)}`
}

function sourceHash(object) {
  const hash = createHash('sha256')
  for (let level = object; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(level)).filter(([, { value }]) => typeof value === 'function')
    for (const [name, { value }] of methods.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0${value}\0`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** Whether a connector is an ad account that the engine opens itself: plain data that names its platform. */
function isAccount(given) {
  return typeof given?.platform === 'string' && Object.values(given).every((value) => typeof value !== 'function') && given.constructor === Object
}

/** Levels of autonomy as one text: `all=shadow,meta.pause=automatic`. */
function levels(name, given) {
  if (typeof given === 'string') return given
  return Object.entries(plainObject('levels by platform and action')(name, given))
    .map(([place, level]) => `${place}=${level}`)
    .join(',')
}

// The user's own parts as the engine takes them.
function partsOf(options, others = {}) {
  const parts = new native.NativeParts()
  const replace = (role, own) => parts.replace(role, nameOf(own), callable(role, own))
  const addConnector = (name, own) =>
    isAccount(own) ? sync(() => parts.account(JSON.stringify(own))) : replace('connector', part(name, own))
  const checks = {
    ...Object.fromEntries(PARTS.map((name) => [name, (_, given) => replace(name, part(name, given))])),
    connectors: (name, given) => list(name, given).forEach((connector, at) => addConnector(`${name}[${at}]`, connector)),
    ffmpeg: (name, given) => parts.ffmpeg(file(name, given)),
    rules: (name, given) => parts.rules(file(name, given)),
    channels: (name, given) =>
      sync(() =>
        typeof given === 'string' || given instanceof URL
          ? parts.channelsFile(file(name, given))
          : parts.channels(JSON.stringify(plainObject('a path or an object')(name, given))),
      ),
    schedules: (name, given) =>
      sync(() =>
        typeof given === 'string' || given instanceof URL
          ? parts.schedulesFile(file(name, given))
          : parts.schedules(JSON.stringify(plainObject('a path or an object')(name, given))),
      ),
    words: (name, given) =>
      sync(() =>
        typeof given === 'string' || given instanceof URL
          ? parts.wordsFile(file(name, given))
          : parts.words(JSON.stringify(plainObject('a path or an object')(name, given))),
      ),
    autonomy: (name, given) => sync(() => parts.autonomy(levels(name, given))),
    dailyBudgets: (name, given) => parts.dailyBudgets(flag(name, given)),
    world: (name, given) => parts.world(readText(name, file(name, given))),
    people: (name, given) =>
      sync(() => parts.people(JSON.stringify(Array.isArray(given) ? list(name, given) : plainObject()(name, given)))),
  }
  return { ...checked(options, { ...checks, ...others }), parts }
}

// One property of analytics, or a list of them.
const properties = (name, given) => {
  const each = Array.isArray(given) ? list(name, given) : [given]
  return each.map((one, at) => plainObject('a property with `property` and `token`')(`${name}[${at}]`, one))
}

const RUN = {
  history: pathOrObject('the path of a CSV file, or what importHistory gave'),
  mapping,
  folder: text,
  seed,
  days: whole,
  mode: text,
  runId: text,
  onFailure: text,
  apply: plainObject(),
  stepTimeout: above('seconds'),
  retries: whole,
  signal,
  onEvent: callback,
}
const APPROVE = { by: text, hours: above('hours'), runId: text, mode: text }

// A request as JSON text, with the seed written by itself: it may be a BigInt.
function requestText(brief, { history, mapping, seed, ...options }) {
  const request = JSON.stringify({ ...briefOf(brief), ...historyOf(history, mapping), ...options })
  return seed === undefined ? request : `{"seed":${seed},${request.slice(1)}`
}

function historyOf(history, mapping) {
  if (typeof history === 'string') return { historyFile: history, mapping: mappingText(mapping) }
  if (mapping !== undefined) throw invalid('mapping', 'is given without the file that it is for', 'give a history too, by the path of its CSV file')
  return { history }
}

/** The engine over one store. */
class Brain {
  #native
  #life = new Lifetime()
  constructor(nativeBrain) {
    this.#native = nativeBrain
  }

  static async local(file = 'brain.db', options = {}) {
    const { parts } = partsOf(options)
    return later(async () => new Brain(await native.NativeBrain.local(text('file', file), parts)))
  }

  static async remote(url, token = '', options = {}) {
    const { parts, files = 'brain.db' } = partsOf(options, { files: text })
    return later(async () => new Brain(await native.NativeBrain.remote(text('url', url), text('token', token), files, parts)))
  }

  async run(brief, options = {}) {
    return this.#watched(brief, options, async (...given) => new RunResult(await this.#native.run(...given)))
  }

  async monitor(brief, options = {}) {
    const { every, looks, ...others } = options
    const how = JSON.stringify(checked({ every, looks }, { every: above('seconds'), looks: whole }))
    return this.#watched(brief, others, async (request, ...given) => JSON.parse(await this.#native.monitor(request, how, ...given)))
  }

  async plan(brief, options = {}) {
    return this.#watched(brief, options, async (...given) => new Plan(await this.#native.plan(...given)))
  }

  async apply(plan, options = {}) {
    const { runId, mode = 'dry_run', signal: stop } = checked(options, { runId: text, mode: text, signal })
    const meant = plan instanceof Plan ? { plan_hash: plan.plan_hash, diff_hash: plan.diff_hash, run: runId ?? plan.run } : { plan_hash: text('plan', plan), run: runId }
    return this.#order('apply', { ...meant, mode }, stop)
  }

  async refuse(planHash, options = {}) {
    const { by = '', reason = '', runId, signal: stop } = checked(options, { by: text, reason: text, runId: text, signal })
    return this.#order('refuse', { plan_hash: text('planHash', planHash), by, reason, run: runId }, stop)
  }

  async status(run, options = {}) {
    return new RunStatus(await this.#told('status', run, options))
  }

  async drift(run, options = {}) {
    return new RunDrift(await this.#told('drift', run, options))
  }

  async adopt(platform, campaign, options = {}) {
    const { by = '', flight = {}, run, signal: stop } = checked(options, { by: text, flight: plainObject(), run: text, signal })
    return this.#order('adopt', { platform: text('platform', platform), campaign: text('campaign', campaign), by, flight, run }, stop)
  }

  async release(platform, campaign, options = {}) {
    const { by = '', run, signal: stop } = checked(options, { by: text, run: text, signal })
    return this.#order('release', { platform: text('platform', platform), campaign: text('campaign', campaign), by, run }, stop)
  }

  async letters(most = 20, options = {}) {
    return this.#order('letters', { most: whole('most', most) }, signalOf(options))
  }

  async acknowledge(letter, options = {}) {
    const { by = '', signal: stop } = checked(options, { by: text, signal })
    return this.#order('acknowledge', { letter: text('letter', letter), by }, stop)
  }

  async learnings(query = {}) {
    return this.#order('learnings', asked(query))
  }

  async learningsCsv(query = {}) {
    return this.#order('learnings_csv', asked(query))
  }

  async similar(industry, objective, query = {}) {
    const { ranking, limit, asOf: as_of, campaign } = checked(query, { ranking: text, limit: whole, asOf: text, campaign: plainObject() })
    return this.#order('similar', { industry: text('industry', industry), objective: text('objective', objective), ranking, limit, as_of, campaign })
  }

  async practices(query = {}) {
    return this.#order('practices', asked(query))
  }

  async combinations(most = 20) {
    return this.#order('combinations', { most: whole('most', most) })
  }

  async forget(what = {}) {
    return this.#order('forget', checked(what, { campaign: text, brand: text, before: text }))
  }

  async backup(to) {
    await this.#order('backup', { path: file('to', to) })
  }

  async deliver(options = {}) {
    return this.#order('deliver', {}, signalOf(options))
  }

  async makeReports(schedules, options = {}) {
    const { run, now, signal: stop } = checked(options, { run: text, now: text, signal })
    const given =
      typeof schedules === 'string' || schedules instanceof URL
        ? { file: file('schedules', schedules) }
        : { schedules: plainObject('a path or an object')('schedules', schedules) }
    return this.#order('make_reports', { ...given, run, now }, stop)
  }

  async silence(match, options = {}) {
    const checks = { hours: above('hours'), by: text, reason: text, run: text, signal }
    const { hours, by = '', reason = '', run, signal: stop } = checked(options, checks)
    return this.#order('silence', { match: plainObject()('match', match), hours, by, reason, run }, stop)
  }

  async endSilence(id, options = {}) {
    const { by = '', signal: stop } = checked(options, { by: text, signal })
    return this.#order('end_silence', { id: text('id', id), by }, stop)
  }

  async silences(options = {}) {
    return this.#order('silences', {}, signalOf(options))
  }

  async fillAudience(platform, name, customers, options = {}) {
    const { consented = false, run, mode = 'dry_run', signal: stop } = checked(options, { consented: flag, run: text, mode: text, signal })
    // Raw addresses are shown in no error; the engine checks each by its place.
    if (!Array.isArray(customers)) throw invalid('customers', 'is no list', 'give a list of { email } and { phone }')
    const order = { platform: text('platform', platform), name: text('name', name), customers, run, mode }
    return this.#order('fill_audience', { ...order, consent: consented ? 'given' : 'not_given' }, stop)
  }

  async stop(reason, options = {}) {
    const { by = 'a person', pause = false, runId } = checked(options, { by: text, pause: flag, runId: text })
    const which = pause ? (runId === undefined ? 'all' : { run: runId }) : 'none'
    return this.#switch('stop', { reason: text('reason', reason), by, pause: which })
  }

  async resume(options = {}) {
    const { by = 'a person' } = checked(options, { by: text })
    return this.#switch('resume', { by })
  }

  events(options = {}) {
    const { runId, signal: stop } = checked(options, { runId: text, signal })
    return new RunEvents(this.#native.follow(runId), stop, this.#life)
  }

  async dashboard(options = {}) {
    const { port = 0, mode = 'dry_run', language = 'en' } = checked(options, { port: whole, mode: text, language: text })
    const how = JSON.stringify({ port, mode, language })
    return this.#life.whole(async () => new Dashboard(await later(() => this.#native.dashboard(how)), this.#life))
  }

  async approve(planHash, options = {}) {
    const { signal: stop, ...given } = checked(options, { ...APPROVE, signal })
    const order = JSON.stringify({ planHash: text('planHash', planHash), by: '', ...given })
    return this.#during(stop, (cancel) => this.#native.approve(order, cancel))
  }

  async undo(entry, options = {}) {
    const { by, mode = 'dry_run', signal: stop } = checked(options, { by: text, mode: text, signal })
    return this.#order('undo', { entry: text('entry', entry), by, mode }, stop)
  }

  async pull(first, last, options = {}) {
    const checks = { timeZone: text, jumps: text, analytics: properties, signal }
    const { timeZone = 'UTC', jumps = 'refuse', analytics = [], signal: stop } = checked(options, checks)
    const request = { first: text('first', first), last: text('last', last), time_zone: timeZone, jumps, analytics }
    return this.#during(stop, (cancel) => this.#native.pull(JSON.stringify(request), cancel))
  }

  async addFacts(path, mapping, options = {}) {
    const { jumps = 'refuse', signal: stop } = checked(options, { jumps: text, signal })
    const request = { text: readText('file', file('file', path)), mapping: plainObject()('mapping', mapping), jumps }
    return this.#during(stop, (cancel) => this.#native.addFacts(JSON.stringify(request), cancel))
  }

  async known(source, first, last, options = {}) {
    const { asOf = null, signal: stop } = checked(options, { asOf: text, signal })
    const request = { source: text('source', source), first: text('first', first), last: text('last', last), as_of: asOf }
    return this.#during(stop, (cancel) => this.#native.known(JSON.stringify(request), cancel))
  }

  async graph(brief, options = {}) {
    const { signal: stop, onEvent, ...rest } = checked(options, RUN)
    const request = requestText(brief, rest)
    return this.#life.during(stop, (cancel) => later(() => this.#native.graph(request, cancel)))
  }

  async close() {
    return this.#life.close(() => later(() => this.#native.close()))
  }

  // Does what gives JSON text, until the signal or the end of the brain stops it.
  #during(stop, work) {
    return this.#life.during(stop, (cancel) => later(async () => JSON.parse(await work(cancel))))
  }

  #order(name, order, stop) {
    return this.#during(stop, (cancel) => this.#native.order(name, JSON.stringify(order), cancel))
  }

  // What shows itself, as the engine's own JSON text.
  #told(name, run, options) {
    const order = JSON.stringify({ run: run === undefined ? undefined : text('run', run) })
    return this.#life.during(signalOf(options), (cancel) => later(() => this.#native.order(name, order, cancel)))
  }

  // The kill switch is turned whole: no signal keeps it from that.
  #switch(name, order) {
    return this.#life.whole(() => later(async () => JSON.parse(await this.#native.switch(name, JSON.stringify(order)))))
  }

  // Does the work of a request with its signal and its listener.
  async #watched(brief, options, work) {
    const { signal: stop, onEvent, ...rest } = checked(options, RUN)
    const request = requestText(brief, rest)
    return this.#life.during(stop, async (cancel) => {
      const events = onEvent ? new native.NativeEvents((text) => void listen(onEvent, text)) : undefined
      try {
        return await later(() => work(request, cancel, events))
      } finally {
        await events?.drain()
      }
    })
  }
}

disposedBy(Brain, 'close')

const signalOf = (options) => checked(options, { signal }).signal

// A listener that throws, now or later, must not end the process from inside the engine: it becomes a warning.
async function listen(onEvent, text) {
  if (text === '') return
  try {
    await onEvent(JSON.parse(text))
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), 'AdbrainListenerError')
  }
}

module.exports = { Brain, Dashboard, Plan, Report, RunDrift, RunResult, RunStatus }
