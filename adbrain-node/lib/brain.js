'use strict'
// The brain, its runs and their reports, over the user's own parts.

const path = require('node:path')
const { fileURLToPath } = require('node:url')
const native = require('../native.js')
const { AdbrainError, invalid, keep, later, sync } = require('./errors.js')
const { mappingText, readFile } = require('./history.js')
const { camel } = require('./names.js')

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

module.exports = { Brain, Report, RunResult }
