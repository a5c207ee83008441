'use strict'
// Past results, and files that the user names.

const fs = require('node:fs')
const native = require('../native.js')
const { AdbrainError, sync } = require('./errors.js')

function readFile(what, file) {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    const code = { ENOENT: 'not_found', EISDIR: 'invalid_input' }[error.code] ?? 'unavailable'
    throw new AdbrainError(code, `${what}: ${file} cannot be read: ${error.code}; check the path`, { nextStep: 'check the path' })
  }
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

module.exports = { importHistory, mappingText, readFile }
