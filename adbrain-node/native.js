'use strict'
// Loads the compiled engine: the file beside this one where it was built here, else the package of the platform.

const { TARGETS, fileOf, packageOf, targetOf } = require('./native-file.js')

const target = targetOf()

function missing(cause) {
  const supported = Object.keys(TARGETS).join(', ')
  const advice = target in TARGETS
    ? `the package ${packageOf(target)} is not installed: install again without --omit=optional (a lock file of another platform may leave it out)`
    : `supported are ${supported}; on others build it from its source with Rust: npm run build`
  return Object.assign(new Error(`adbrain has no engine for ${target}: ${advice}`, { cause }), { code: 'ADBRAIN_UNSUPPORTED' })
}

function load(names) {
  let last
  for (const name of names) {
    try {
      return require(name)
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error
      last = error
    }
  }
  throw missing(last)
}

module.exports = load([`./${fileOf(target)}`, packageOf(target)])
