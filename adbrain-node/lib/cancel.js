'use strict'
// Work that a signal stops, and what is under way on a brain until it is closed.

const native = require('../native.js')
const { AdbrainError } = require('./errors.js')

/** Does work with a token that the signal cancels; work that was cancelled rejects with the signal's reason. */
async function stoppable(signal, work, cancel = new native.NativeCancel()) {
  signal?.throwIfAborted()
  const abort = () => cancel.cancel()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await work(cancel)
  } catch (error) {
    if (signal?.aborted && error.code === 'cancelled') throw signal.reason
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** What is under way, each with what ends it. */
class Lifetime {
  #open = new Set()
  #closing

  /** Does work that a signal stops, and closing too. */
  during(signal, work) {
    const cancel = new native.NativeCancel()
    return this.whole(() => stoppable(signal, work, cancel), () => cancel.cancel())
  }

  /** Does work that ends by itself; closing waits for it. */
  async whole(work, stop = () => {}) {
    this.check()
    const done = work()
    const forget = this.keep(() => {
      stop()
      return done.catch(() => {})
    })
    try {
      return await done
    } finally {
      forget()
    }
  }

  /** Keeps something until it is forgotten; closing ends it. */
  keep(end) {
    this.check()
    const entry = { end }
    this.#open.add(entry)
    return () => this.#open.delete(entry)
  }

  check() {
    if (this.#closing) {
      throw new AdbrainError('conflict', 'the brain is closed; open another one with Brain.local', { nextStep: 'open another one with Brain.local' })
    }
  }

  /** Ends everything, waits for it, and does what comes last; once. */
  close(last) {
    this.#closing ??= Promise.all([...this.#open].map(({ end }) => end())).then(last)
    return this.#closing
  }
}

module.exports = { Lifetime, stoppable }
