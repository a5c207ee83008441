'use strict'
// Objects of the user, each behind one function that the engine calls.

const native = require('../native.js')
const { AdbrainError, keep } = require('./errors.js')
const { camel } = require('./names.js')
const { plain } = require('./options.js')

// A method may have several arguments; the engine sends them as one object.
const argumentsOf = {
  create: (input) => [input.tree, { entry: input.entry }],
  upload: (input) => [{ ...input.upload, bytes: Uint8Array.from(input.upload.bytes) }, { entry: input.entry }],
  change: (input) => [input.change, { entry: input.entry }],
  record_combinations: (input) => [input.source, input.combinations],
}
// What an object need not do itself: an agent that does not answer feedback is answered for, a policy without a state need not hear of trials.
const OPTIONAL = native.optionalMethods()

function callable(role, object) {
  return async (request) => {
    const { method, input } = JSON.parse(request)
    try {
      const name = camel(method)
      if (OPTIONAL.includes(method) && !(name in object)) return JSON.stringify({ value: null })
      if (typeof object[name] !== 'function') throw new TypeError(`the object has no method ${name}; add it`)
      const value = await object[name](...(argumentsOf[method]?.(input) ?? [input]))
      return JSON.stringify({ value: value === undefined ? null : plain(`${role}.${name}()`, value) })
    } catch (error) {
      const kind = error instanceof AdbrainError ? error.code : null
      return JSON.stringify({ error: String(error?.message ?? error), kind, number: keep(error) })
    }
  }
}

module.exports = { callable }
