// Forecasters that learn once and live in a file; the file is the same as in Rust and Python.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { AdbrainError, Forecaster } from '../index.mjs'

const shared = JSON.parse(readFileSync(new URL('../../tests/cases/files/forecaster.json', import.meta.url)))
const { history, ...settings } = shared.given

test('the file and the forecasts are those of the shared case', () => {
  const bytes = new Forecaster(settings).fit(history).toBytes()
  assert.equal(createHash('sha256').update(bytes).digest('hex'), shared.sha256)
  const again = Forecaster.fromBytes(bytes)
  assert.deepEqual(again.predict(shared.rows), shared.expected)
  assert.equal(again.card.rows, history.length)
  assert.equal(again.getParams().trees, settings.trees)
})

test('wrong bytes, settings and order say so', () => {
  const bytes = new Forecaster(settings).fit(history).toBytes()
  assert.throws(() => Forecaster.fromBytes(bytes.subarray(1)), (error) => error instanceof AdbrainError && error.code === 'corrupt')
  assert.throws(() => new Forecaster().predict([{ platform: 'meta' }]), /fit first/)
  assert.throws(() => new Forecaster({ shoeSize: 42 }).fit(history), /shoeSize/)
})
