'use strict'
// The public face of the engine: objects in, objects out, and errors rebuilt from structured text.

const fs = require('node:fs')
const path = require('node:path')
const native = require('./native.js')

/** An error of the engine: `code` means the same in every language. */
class AdbrainError extends Error {
  constructor(body) {
    super(body.message)
    this.name = 'AdbrainError'
    this.code = body.kind
    this.context = body.context
    this.platform = body.context.platform
    this.nextStep = body.nextStep ?? undefined
    this.retryable = body.retryable
  }
}

// Exceptions of user code wait here under a number until the run that they ended throws them again.
const userErrors = new Map()
let lastNumber = 0

function rebuild(error) {
  const text = error instanceof Error ? error.message : String(error)
  if (!text.startsWith('adbrain:')) return error
  const body = JSON.parse(text.slice('adbrain:'.length))
  if (body.userError !== null && userErrors.has(body.userError)) {
    const original = userErrors.get(body.userError)
    userErrors.delete(body.userError)
    return original
  }
  return new AdbrainError(body)
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

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())

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
      if (typeof object[name] !== 'function') throw new TypeError(`the object has no method ${name}`)
      const value = await object[name](...(argumentsOf[method]?.(input) ?? [input]))
      return JSON.stringify({ value: value === undefined ? null : value })
    } catch (error) {
      lastNumber += 1
      userErrors.set(lastNumber, error)
      return JSON.stringify({ error: String(error?.message ?? error), number: lastNumber })
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
  const file = brief instanceof URL ? brief.pathname : brief
  let text
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw new AdbrainError({ kind: 'invalid_input', message: `brief: cannot read ${file}: ${error.code}; name a file`, context: { field: 'brief' }, nextStep: 'name a file', retryable: false })
  }
  try {
    return { brief: JSON.parse(text), folder: path.dirname(file) }
  } catch (error) {
    throw new AdbrainError({ kind: 'invalid_input', message: `brief: ${error.message}; compare it with schema('brief')`, context: { field: 'brief' }, nextStep: "compare it with schema('brief')", retryable: false })
  }
}

/** The engine over one store. */
class Brain {
  #native
  constructor(nativeBrain) {
    this.#native = nativeBrain
  }

  static async local(file = 'brain.db', options = {}) {
    const parts = new native.NativeParts()
    const replace = (part, object) => parts.replace(part, object.constructor?.name ?? 'object', callable(object))
    for (const [part, object] of Object.entries(options)) {
      if (object === undefined) continue
      if (part === 'connectors') object.forEach((connector) => replace('connector', connector))
      else if (PARTS.includes(part)) replace(part, object)
      else throw new AdbrainError({ kind: 'invalid_input', message: `${part}: is no part of a brain; use one of ${PARTS.join(', ')}, connectors`, context: { field: part }, nextStep: null, retryable: false })
    }
    return later(async () => new Brain(await native.NativeBrain.local(String(file), parts)))
  }

  async run(brief, options = {}) {
    const { signal, onEvent, ...rest } = options
    signal?.throwIfAborted()
    const cancel = new native.NativeCancel()
    const abort = () => cancel.cancel()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await later(async () => {
        const request = JSON.stringify(prepare(brief, rest))
        const events = onEvent ? new native.NativeEvents((text) => listen(onEvent, text)) : undefined
        return new RunResult(await this.#native.run(request, cancel, events))
      })
    } catch (error) {
      if (signal?.aborted && error.code === 'cancelled') throw signal.reason
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  async graph(brief, options = {}) {
    return later(() => this.#native.graph(JSON.stringify(prepare(brief, options))))
  }
}

// A listener that throws must not end the process from inside the engine; the error is reported as any unhandled one is.
function listen(onEvent, text) {
  try {
    onEvent(JSON.parse(text))
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), 'AdbrainListenerError')
  }
}

function prepare(given, { history, mapping, ...options }) {
  const request = { ...options, ...readBrief(given), ...(options.folder ? { folder: options.folder } : {}) }
  if (typeof history === 'string') {
    request.history = importHistory(history, { currency: request.brief?.budget?.currency, mapping })
  } else if (history !== undefined) {
    request.history = history
  }
  return request
}

/** Reads a history file or its bytes. */
function importHistory(source, { currency = 'USD', mapping } = {}) {
  return sync(() => {
    const bytes = typeof source === 'string' ? fs.readFileSync(source) : Buffer.from(source)
    return JSON.parse(native.importHistory(bytes, currency, mapping === undefined ? undefined : JSON.stringify(mapping)))
  })
}

/** The JSON Schema of a value by its name. */
const schema = (name) => sync(() => JSON.parse(native.schema(name)))

/** Walks the hash chain of a store's journal. */
const verifyJournal = (file) => later(async () => JSON.parse(await native.verifyJournal(String(file))))

module.exports = { AdbrainError, Brain, Report, RunResult, importHistory, schema, verifyJournal, version: native.version() }
