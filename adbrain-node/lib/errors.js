'use strict'
// Errors rebuilt from structured text, and exceptions of user code kept whole.

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

module.exports = { AdbrainError, invalid, keep, later, sync }
