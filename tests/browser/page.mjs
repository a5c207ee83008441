// Builds the live page from its TypeScript, the same bytes each time. With --check it compares them with those that are committed, and
// checks types, size and that nothing of the source sets markup.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDER = join(ROOT, 'adbrain-core/src/show/dashboard')
const MODULES = join(ROOT, 'tests/node_modules')
// What the whole page may weigh, compressed, in bytes.
const LARGEST = 60 * 1024
// The packages that become part of the page.
const SHIPPED = ['preact', 'uplot']
const MARKUP = ['innerHTML', 'outerHTML', 'insertAdjacent', 'document.write', 'eval(']

function fail(why) {
  console.log(`failed: page: ${why}`)
  process.exit(1)
}

async function build(esbuild) {
  const result = await esbuild.build({
    absWorkingDir: join(FOLDER, 'web'),
    entryPoints: { page: 'main.tsx' },
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    banner: { js: '/* Preact and uPlot: MIT, see /licenses.txt */' },
    nodePaths: [MODULES],
    outdir: join(FOLDER, 'dist'),
    tsconfigRaw: '{}',
  })
  const files = result.outputFiles.map((file) => [file.path.split('/').at(-1), Buffer.from(file.contents)])
  const licence = (name) => `${name}\n\n${readFileSync(join(MODULES, name, 'LICENSE'), 'utf8').trim()}\n`
  files.push(['licenses.txt', Buffer.from(SHIPPED.map(licence).join('\n'))])
  files.push(['index.html', readFileSync(join(FOLDER, 'web/index.html'))])
  return files
}

function check(files) {
  for (const [name, bytes] of files) {
    const path = join(FOLDER, 'dist', name)
    if (!existsSync(path) || !readFileSync(path).equals(bytes)) fail(`${name} is not what its source gives; run node tests/browser/page.mjs`)
  }
  const weight = files.reduce((sum, [, bytes]) => sum + gzipSync(bytes, { level: 9 }).length, 0)
  if (weight > LARGEST) fail(`${weight} bytes compressed, ${LARGEST} are the most`)
  for (const name of readdirSync(join(FOLDER, 'web')).filter((name) => /\.tsx?$/.test(name))) {
    const source = readFileSync(join(FOLDER, 'web', name), 'utf8')
    const sign = [...MARKUP, 'dangerously'].find((sign) => source.includes(sign))
    if (sign) fail(`${name} names ${sign}`)
  }
  const tsc = join(ROOT, 'adbrain-node/node_modules/typescript/bin/tsc')
  if (existsSync(tsc)) execFileSync(process.execPath, [tsc, '-p', join(FOLDER, 'web')], { stdio: 'inherit' })
  else console.log('skipped: types of the page: typescript is missing; run npm install in adbrain-node/')
  console.log(`page: ${weight} bytes compressed of ${LARGEST}`)
}

const esbuild = await import('esbuild').catch(() => null)
if (!esbuild) {
  console.log('skipped: page: esbuild is missing; run npm install in tests/')
  process.exit(0)
}
const files = await build(esbuild)
if (process.argv.includes('--check')) {
  check(files)
} else {
  mkdirSync(join(FOLDER, 'dist'), { recursive: true })
  for (const [name, bytes] of files) writeFileSync(join(FOLDER, 'dist', name), bytes)
}
