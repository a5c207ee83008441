// Builds the engine for this machine and puts it beside the loader: `node build.mjs [--release]`.
//
// Plain cargo, without `--target`: the build shares every compiled dependency with the tests.

import { execFileSync } from 'node:child_process'
import { copyFileSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const { fileOf, targetOf } = createRequire(import.meta.url)('./native-file.js')
const folder = fileURLToPath(new URL('.', import.meta.url))
const words = ['build', '--quiet', '-p', 'adbrain-node', '--message-format=json-render-diagnostics', ...process.argv.slice(2)]
const told = execFileSync('cargo', words, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] })
const parts = told.split('\n').filter(Boolean).map((line) => JSON.parse(line))
const artifact = parts.find((part) => part.reason === 'compiler-artifact' && part.target.name === 'adbrain_node')
const library = artifact?.filenames.find((name) => /\.(so|dylib|dll)$/.test(name))
if (!library) throw new Error('cargo made no library for adbrain-node')
const file = `${folder}${fileOf(targetOf())}`
// A process that has the old file open keeps it.
copyFileSync(library, `${file}.new`)
renameSync(`${file}.new`, file)
console.log(file)
