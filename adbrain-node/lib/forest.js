'use strict'
// Forests: columns in, intervals and explanations out.

const native = require('../native.js')
const { invalid, sync } = require('./errors.js')
const { camel, snake } = require('./names.js')
const { stats } = require('./stats.js')

// A column as the engine takes it: doubles, or names of levels; what is missing is NaN or null.
function cells(values) {
  if (values instanceof Float64Array) return values
  const list = Array.from(values)
  if (list.some((value) => typeof value === 'string')) return list.map((value) => (value === null || value === undefined ? null : String(value)))
  return Float64Array.from(list, (value) => (value === null || value === undefined ? NaN : Number(value)))
}

// Columns from an object of columns, rows as objects, or rows as lists; lists have no names of their own.
function columnsOf(X) {
  if (!Array.isArray(X)) {
    if (X === null || typeof X !== 'object') throw invalid('X', 'is neither columns nor rows', 'give { name: values } or a list of rows')
    return { names: Object.keys(X), columns: Object.values(X).map(cells) }
  }
  if (X.length === 0) throw invalid('X', 'has no rows', 'give at least one row')
  const isList = Array.isArray(X[0])
  // A row may lack what others have.
  const keys = [...new Set(X.flatMap((row) => Object.keys(row)))]
  return { names: isList ? undefined : keys, columns: keys.map((key) => cells(X.map((row) => row[key]))) }
}

const SETTINGS = { trees: 200, minLeaf: 5, columnsPerSplit: 1, mode: 'random_forest', bins: 255, seed: 0, threads: 1, tune: null, guarantee: 'out_of_bag' }

/** A forest whose predictions carry intervals that hold at their level. */
class ForestRegressor {
  #native
  #settings
  constructor(settings = {}) {
    const unknown = Object.keys(settings).find((name) => !(name in SETTINGS))
    if (unknown) throw invalid(unknown, 'is no setting', `use one of ${Object.keys(SETTINGS).join(', ')}`)
    this.#settings = { ...SETTINGS, ...settings }
  }

  static fromBytes(bytes, { threads = 1 } = {}) {
    return sync(() => {
      const native_ = native.NativeForest.fromBytes(Buffer.from(bytes), threads)
      const settings = Object.entries(JSON.parse(native_.settings())).map(([name, value]) => [camel(name), value])
      const { guarantee, tuned } = JSON.parse(native_.card())
      const tune = tuned === null || tuned === 'points' ? tuned : 'intervals'
      const forest = new ForestRegressor({ ...Object.fromEntries(settings), tune, guarantee })
      forest.#native = native_
      return forest
    })
  }

  getParams() {
    return { ...this.#settings }
  }

  fit(X, y, { weights, target = 'y', window } = {}) {
    return sync(() => {
      const { names, columns } = columnsOf(X)
      const { tune, guarantee, ...forest } = this.#settings
      const grown = Object.fromEntries(Object.entries(forest).map(([name, value]) => [snake(name), value]))
      const settings = { forest: grown, tune: tune === 'intervals' ? { intervals: { level: 0.9 } } : tune, guarantee }
      const given = names ?? columns.map((_, at) => `x${at}`)
      const light = weights === undefined ? undefined : Float64Array.from(weights)
      this.#native = native.NativeForest.fit(given, columns, Float64Array.from(y), light, JSON.stringify({ settings, target, window }))
      return this
    })
  }

  #ask(X, ask) {
    return sync(() => {
      if (this.#native === undefined) throw invalid('model', 'is not fitted yet', 'call fit first')
      const { names, columns } = columnsOf(X)
      const trained = this.card.features
      if (names === undefined && columns.length !== trained.length) throw invalid('X', `has ${columns.length} columns, the model ${trained.length}`, 'give the columns of the training table')
      return ask(this.#native, names ?? trained, columns)
    })
  }

  predict(X) {
    return this.#ask(X, (model, names, columns) => model.predict(names, columns))
  }

  predictInterval(X, level = 0.9) {
    const [median, low, high] = this.#ask(X, (model, names, columns) => model.intervals(names, columns, level))
    return { median, low, high }
  }

  predictQuantiles(X, shares = [0.05, 0.5, 0.95]) {
    return this.#ask(X, (model, names, columns) => model.quantiles(names, columns, [...shares]))
  }

  explain(X) {
    const [[expected], ...contributions] = this.#ask(X, (model, names, columns) => model.explain(names, columns))
    return { columns: this.card.features, expected, contributions }
  }

  nearest(X, count = 3) {
    return JSON.parse(this.#ask(X, (model, names, columns) => model.nearest(names, columns, count)))
  }

  importances({ repeats = 5, seed = 0 } = {}) {
    return JSON.parse(this.#fitted((model) => model.importances(repeats, seed)))
  }

  /** The predictions with their band as SVG. */
  plot(X, { y, by, level = 0.9, language = 'en' } = {}) {
    const band = this.predictInterval(X, level)
    const { names, columns } = columnsOf(X)
    const at = by === undefined ? undefined : columns[(names ?? this.card.features).indexOf(by)]
    return stats.bandChart({ ...band, ...(y && { actual: Array.from(y) }), ...(at && { at: Array.from(at) }), language }).svg
  }

  #fitted(read) {
    return sync(() => {
      if (this.#native === undefined) throw invalid('model', 'is not fitted yet', 'call fit first')
      return read(this.#native)
    })
  }

  get card() {
    return JSON.parse(this.#fitted((model) => model.card()))
  }

  /** The model as the bytes of a file: the same in Rust, Python and Node. */
  toBytes() {
    return this.#fitted((model) => model.toBytes())
  }

  toJson() {
    return this.#fitted((model) => model.toJson())
  }
}

module.exports = { ForestRegressor }
