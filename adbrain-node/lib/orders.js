'use strict'
// Plans to look at, where runs stand, and the events of runs.

const native = require('../native.js')
const { sync, later } = require('./errors.js')

// Lets `await using` end a value by one of its methods. Node has the symbol from 20.4 on.
function disposedBy(type, method) {
  if (!Symbol.asyncDispose) return
  type.prototype[Symbol.asyncDispose] = async function () {
    await this[method]()
  }
}

/** A value of the engine that shows itself. */
class Shown {
  #kind
  #json
  constructor(kind, json) {
    this.#kind = kind
    this.#json = json
    Object.assign(this, JSON.parse(json))
  }
  text(language) {
    return this.#shown('text', language)
  }
  markdown(language) {
    return this.#shown('markdown', language)
  }
  html(language) {
    return this.#shown('html', language)
  }
  json() {
    return this.#json
  }
  toString() {
    return this.text()
  }
  toJSON() {
    return JSON.parse(this.#json)
  }
  #shown(form, language) {
    return sync(() => native.shown(this.#kind, this.#json, form, language))
  }
}

/** A plan to look at before anything is launched. */
class Plan extends Shown {
  constructor(json) {
    super('plan', json)
  }
}

/** Where a run stands. */
class RunStatus extends Shown {
  constructor(json) {
    super('status', json)
  }
}

/** What on a run's objects is not as the run left it. */
class RunDrift extends Shown {
  constructor(json) {
    super('drift', json)
  }
}

/** The events of one run, from the moment at which this was made; ends with the run, with the signal, and with the loop that reads it. */
class RunEvents {
  #follower
  #signal
  #forget
  #close = () => this.#follower.close()
  constructor(follower, signal, life) {
    this.#follower = follower
    this.#signal = signal
    // A stream that nobody reads any more is not kept for the brain's end.
    const self = new WeakRef(this)
    this.#forget = life.keep(() => self.deref()?.return())
    if (signal?.aborted) this.#close()
    signal?.addEventListener('abort', this.#close, { once: true })
  }
  [Symbol.asyncIterator]() {
    return this
  }
  async next() {
    const text = await later(() => this.#follower.next())
    if (typeof text === 'string') return { done: false, value: JSON.parse(text) }
    return this.return()
  }
  async return(value) {
    this.#signal?.removeEventListener('abort', this.#close)
    this.#close()
    this.#forget()
    return { done: true, value }
  }
}

disposedBy(RunEvents, 'return')

/** The live page over a brain, open until it is closed. */
class Dashboard {
  #page
  #forget
  #closing
  constructor(page, life) {
    this.#page = page
    this.#forget = life.keep(() => this.close())
    this.url = page.url()
    this.viewerUrl = page.viewerUrl()
  }
  close() {
    this.#closing ??= later(() => this.#page.close()).finally(this.#forget)
    return this.#closing
  }
}

disposedBy(Dashboard, 'close')

module.exports = { Dashboard, Plan, RunDrift, RunEvents, RunStatus, disposedBy }
