'use strict'
// Data to try things on, made on the spot: no download, no file.

const { checked, whole } = require('./options.js')
const { stats } = require('./stats.js')

/** A made-up account: a row for each of 32 ads on each day, with truths in it that can be found again. */
const demo = (options = {}) => stats.demoRows(checked(options, { seed: whole, days: whole })).rows

/** Data to try things on. */
const datasets = Object.freeze({ demo })

module.exports = { datasets }
