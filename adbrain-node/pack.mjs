// Packs what goes to the npm registry: the main package without an engine, and one package for each engine that lies in this folder:
// `node pack.mjs FOLDER`. The main package names the packages of all platforms as optional; npm installs the one that fits.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const { TARGETS, fileOf, packageOf } = createRequire(import.meta.url)('./native-file.js')
const here = fileURLToPath(new URL('.', import.meta.url))
const out = path.resolve(process.argv[2] ?? 'packages')
const main = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'))
const LEGAL = ['LICENSE-MIT', 'LICENSE-APACHE', 'THIRD-PARTY.md']

/** Packs a folder that is filled by `fill`, with this package.json. */
function pack(json, fill) {
  const folder = mkdtempSync(path.join(tmpdir(), 'adbrain-pack-'))
  try {
    fill(folder)
    const legal = LEGAL.filter((name) => existsSync(path.join(here, name)))
    for (const name of legal) cpSync(path.join(here, name), path.join(folder, name))
    writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(json, null, 2)}\n`)
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

mkdirSync(out, { recursive: true })
const { scripts, devDependencies, ...published } = main
const files = main.files.filter((name) => name !== '*.node')
const optionalDependencies = Object.fromEntries(Object.keys(TARGETS).map((target) => [packageOf(target), main.version]))
pack({ ...published, files, optionalDependencies }, (folder) => {
  const present = files.filter((name) => existsSync(path.join(here, name)))
  for (const name of present) cpSync(path.join(here, name), path.join(folder, name), { recursive: true })
})

for (const [target, runsOn] of Object.entries(TARGETS)) {
  const file = fileOf(target)
  if (!existsSync(path.join(here, file))) continue
  const { name, version, license, engines } = { ...main, name: packageOf(target) }
  const json = { name, version, description: `The engine of adbrain for ${target}`, license, main: file, files: [file, ...LEGAL], engines, ...runsOn }
  pack(json, (folder) => {
    cpSync(path.join(here, file), path.join(folder, file))
    writeFileSync(path.join(folder, 'README.md'), `The engine of [adbrain](https://www.npmjs.com/package/adbrain) for ${target}. Install \`adbrain\`; npm brings this with it.\n`)
  })
}
