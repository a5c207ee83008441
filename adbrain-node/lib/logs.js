'use strict'
// What the engine notes while it works, for a function of the user or a logger such as pino.

const native = require('../native.js')
const { invalid, sync } = require('./errors.js')
const { checked, text } = require('./options.js')

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace']
let listening

// What is done with a note. A logger that throws must not end the process from inside the engine: it becomes a warning.
function teller(logger) {
  const tell =
    typeof logger === 'function' ? logger : ({ level, message, target, fields }) => logger[level]({ ...fields, target }, message)
  return (note) => {
    try {
      tell(JSON.parse(note))
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), 'AdbrainLoggerError')
    }
  }
}

/** Tells the engine's notes to a function, or to an object with the methods of the levels; `null` turns that off. */
function setLogger(logger, options = {}) {
  const isLogger = (given) => typeof given === 'function' || LEVELS.every((level) => typeof given[level] === 'function')
  if (logger !== null && (logger === undefined || !isLogger(logger))) {
    throw invalid('logger', 'is neither a function nor an object with the methods error, warn, info, debug and trace', 'give pino, console, a function, or null')
  }
  const own = LEVELS.includes(logger?.level) ? logger.level : 'info'
  const { level = own } = checked(options, { level: text })
  const next = logger === null ? undefined : sync(() => native.listenToLogs(level, teller(logger)))
  if (listening !== undefined) native.stopLogs(listening)
  listening = next
}

module.exports = { setLogger }
