'use strict'
// Past results, and files that the user names.

const fs = require('node:fs')
const native = require('../native.js')
const { AdbrainError, invalid, sync } = require('./errors.js')
const { bytes, checked, file, pathOrObject, text } = require('./options.js')

function readFile(what, path) {
  try {
    return fs.readFileSync(path)
  } catch (error) {
    const code = { ENOENT: 'not_found', EISDIR: 'invalid_input' }[error.code] ?? 'unavailable'
    throw new AdbrainError(code, `${what}: ${path} cannot be read: ${error.code}; check the path`, { nextStep: 'check the path' })
  }
}

function readText(what, path) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFile(what, path))
  } catch (error) {
    if (error.code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    throw invalid(what, 'is not UTF-8', 'save it as UTF-8')
  }
}

const mapping = pathOrObject('the name of a built-in mapping, the path of a JSON file or an object')

/** Reads a history file or its bytes. */
function importHistory(source, options = {}) {
  return sync(() => {
    const { currency, mapping: given } = checked(options, { currency: text, mapping })
    if (currency === undefined) throw invalid('currency', 'is missing', "give the currency of the file's money, such as 'BRL'")
    const read = typeof source === 'string' || source instanceof URL ? readFile('history', file('history', source)) : Buffer.from(bytes('history', source))
    return JSON.parse(native.importHistory(read, currency, mappingText(given)))
  })
}

// The name of a built-in mapping, the path of a JSON file, or the mapping itself.
function mappingText(given) {
  if (given === undefined) return undefined
  if (typeof given !== 'string') return JSON.stringify(given)
  return native.mappingNames().includes(given) ? given : readText('mapping', given)
}

module.exports = { importHistory, mapping, mappingText, readText }
