'use strict'
// Work that a signal stops.

const native = require('../native.js')

/** Does work with a token that the signal cancels; work that was cancelled rejects with the signal's reason. */
async function stoppable(signal, work) {
  signal?.throwIfAborted()
  const cancel = new native.NativeCancel()
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

module.exports = { stoppable }
