'use strict'
// Budgets from rows: who gets how much of a day's money, and the curves that say what it brings.

const { invalid } = require('./errors.js')
const { checked, list, plainObject, text } = require('./options.js')
const { stats } = require('./stats.js')

const isMissing = (cell) => cell === null || cell === undefined || Number.isNaN(cell)
const isRow = (row) => typeof row === 'object' && row !== null && !Array.isArray(row)
const cellOf = (cell) => (cell instanceof Date ? cell.toISOString().slice(0, 10) : cell)

// The rows of a list without what is missing; dates are days.
function rowsOf(name, rows) {
  return list(name, rows).map((row, at) => {
    if (!isRow(row)) throw invalid(`${name}[${at}]`, 'is no object', 'give an object for each row')
    const cells = Object.entries(row).filter(([, cell]) => !isMissing(cell))
    return Object.fromEntries(cells.map(([column, cell]) => [column, cellOf(cell)]))
  })
}

const number = (name, value) => {
  if (!Number.isFinite(value)) throw invalid(name, `is ${String(value)}`, 'give a finite number')
  return value
}

const amount = (name, value) => (isRow(value) || typeof value === 'string' ? value : number(name, value))

/** Who gets how much, how good that is, and what each limit holds back. */
class BudgetAllocation {
  #found
  constructor(found) {
    this.#found = found
  }

  /** A row for each receiver: `name`, `amount`, `value`, `marginal`, `shadow_price`. */
  get frame() {
    return this.#found.rows.map(({ name, amount, value, marginal, shadow_price }) => ({ name, amount, value, marginal, shadow_price }))
  }

  /** The binding limits, the dearest first: `limit`, `at`, `per_unit`. */
  get limits() {
    return this.#found.limits.map(({ limit, at, per_unit }) => ({ limit, at, per_unit }))
  }

  /** All of the money together, exactly. */
  get spend() {
    return { ...this.#found.spend }
  }

  get value() {
    return this.#found.value
  }

  get price() {
    return this.#found.price
  }

  get bound() {
    return this.#found.bound
  }

  get gap() {
    return this.#found.gap
  }

  /** Each receiver's curve with its amount, and the price as the slope there, as SVG. */
  plot({ language = 'en' } = {}) {
    return stats.allocationChart({ curves: this.#found.curves, price: this.#found.price, language }).svg
  }

  toJSON() {
    return structuredClone(this.#found)
  }
}

/** Divides a day's money over response curves within limits so that it brings the most, with a proven gap. */
function allocate(rows, options = {}) {
  const checks = { total: amount, currency: text, groups: rowsOf, margin: number, target: plainObject(), search: plainObject() }
  const given = checked(options, checks)
  if (given.total === undefined) throw invalid('total', 'is missing', 'say what all together get at most')
  return new BudgetAllocation(stats.allocateRows({ rows: rowsOf('rows', rows), ...given }))
}

/** Response curves from rows of days, as rows that `allocate` takes as they are. */
function estimate(rows, options = {}) {
  const given = checked(options, { beliefs: plainObject() })
  return stats.estimateRows({ rows: rowsOf('rows', rows), ...given }).rows
}

/** Budgets from rows. */
const budget = Object.freeze({ BudgetAllocation, allocate, estimate })

module.exports = { budget }
