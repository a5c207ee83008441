// What a machine without an engine of its own is told.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const load = (platform, arch) => {
  const code = `
    Object.defineProperty(process, 'platform', { value: '${platform}' })
    Object.defineProperty(process, 'arch', { value: '${arch}' })
    try { require(${JSON.stringify(new URL('../index.js', import.meta.url).pathname)}) } catch (error) { console.log(error.code, error.message) }`
  return spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stdout
}

test('a platform that is not supported is named, with those that are', () => {
  const told = load('sunos', 'x64')
  assert.match(told, /^ADBRAIN_UNSUPPORTED adbrain has no engine for sunos-x64: /)
  for (const name of ['linux-x64-gnu', 'linux-arm64-gnu', 'linux-x64-musl', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc']) {
    assert.ok(told.includes(name), `${name}: ${told}`)
  }
  assert.match(load('linux', 'ia32'), /no engine for linux-ia32-gnu/)
})

test('a supported platform whose package is missing is told which one', () => {
  assert.match(load('darwin', 'arm64'), /@adbrain\/darwin-arm64 is not installed/)
  assert.match(load('win32', 'x64'), /@adbrain\/win32-x64-msvc is not installed/)
})
