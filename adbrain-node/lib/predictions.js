'use strict'
// What to expect of rows, audiences, people and customers, without a brain.

const { randomBytes } = require('node:crypto')
const native = require('../native.js')
const { invalid, sync } = require('./errors.js')
const { numbers, stats } = require('./stats.js')

// The rows of a list without what is missing: null, undefined and NaN.
const known = (rows) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined && !Number.isNaN(value))))

/** What each customer is worth, from order lines; `until` is the day of the last order by default. */
function customerValue(orders, { until, currency = 'USD', ...options } = {}) {
  const day = (date) => (date instanceof Date ? date.toISOString() : String(date)).slice(0, 10)
  const money = (amount) => (typeof amount === 'object' ? amount : { amount: String(amount), currency })
  const lines = known(orders).map((line, at) => {
    const missing = ['customer', 'date', 'amount'].find((name) => !(name in line))
    if (missing) throw invalid(`orders[${at}].${missing}`, 'is missing', 'fill it in or leave the line out')
    return { customer: String(line.customer), date: day(line.date), amount: money(line.amount) }
  })
  const last = until === undefined ? lines.reduce((latest, { date }) => (date > latest ? date : latest), '') : day(until)
  return stats.customerValues({ orders: lines, until: last, ...options })
}

/** What ROAS, CPA, CTR or CVR to expect; without `history` the rows that have no result are asked about, learnt from the others. */
function predictRoas(rows, { history, ...options } = {}) {
  const given = known(rows)
  const hasResult = (row) => 'revenue' in row || 'conversions' in row
  const past = history === undefined ? given.filter(hasResult) : known(history)
  const asked = history === undefined ? given.filter((row) => !hasResult(row)) : given
  if (asked.length === 0) throw invalid('rows', 'none is asked about', 'leave revenue and conversions out, or give { history }')
  return stats.predictRoas({ history: past, rows: asked, ...options })
}

/** Forecasts a rate from past rows, and keeps what it learnt in a file that Rust, Python and Node read alike. */
class Forecaster {
  #native
  #settings
  constructor(settings = {}) {
    for (const name of ['history', 'rows']) {
      if (name in settings) throw invalid(name, 'is no setting', 'give it to fit or predict')
    }
    this.#settings = { ...settings }
  }

  static fromBytes(bytes) {
    return sync(() => {
      const native_ = native.NativeForecaster.fromBytes(Buffer.from(bytes))
      const card = JSON.parse(native_.card())
      const { threads, ...settings } = { ...card.settings, currency: card.currency }
      const model = new this(Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null)))
      model.#native = native_
      return model
    })
  }

  getParams() {
    return { ...this.#settings }
  }

  fit(history) {
    return sync(() => {
      this.#native = native.NativeForecaster.fit(JSON.stringify({ history: known(history), ...this.#settings }, numbers))
      return this
    })
  }

  #ask(ask) {
    return sync(() => {
      if (this.#native === undefined) throw invalid('model', 'is not fitted yet', 'call fit first')
      return ask(this.#native)
    })
  }

  predict(rows) {
    return JSON.parse(this.#ask((model) => model.predict(JSON.stringify(known(rows), numbers))))
  }

  get card() {
    return JSON.parse(this.#ask((model) => model.card()))
  }

  /** The model as the bytes of a file: the same in Rust, Python and Node. */
  toBytes() {
    return this.#ask((model) => model.toBytes())
  }
}

/** Days until an audience answers with less than 0.7 of the first day's click rate, as quantiles. */
const daysToSaturation = (audience) => stats.daysToSaturation(audience)

/**
 * Groups of people from profiles and CSV files of orders, analytics and social insights. Without `people` and `salt`, a salt is drawn at
 * random: it hashes the names of those who ask to be forgotten.
 */
const personas = (given) => stats.personas(given.people === undefined ? { salt: randomBytes(16).toString('hex'), ...given } : given)

module.exports = { Forecaster, customerValue, daysToSaturation, personas, predictRoas }
