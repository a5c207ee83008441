// What the tests of the live page share: the browser, the command line, a server, a page.
// ADBRAIN names a built command line; without it, it is built.
import { execFileSync, spawn } from 'node:child_process'
import { accessSync, constants, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const HOSTILE = '<img src=x onerror="window.hostile=1"><script>window.hostile=2</script>'
export const PATIENCE = 30_000
// Quiet: the browser reaches for nothing beyond this machine.
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

export function skip(why) {
  console.log(`skipped: browser ${why}`)
  process.exit(0)
}

function chromium() {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, 'chromium')).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function commandLine() {
  if (process.env.ADBRAIN) return process.env.ADBRAIN
  const inherit = { cwd: ROOT, stdio: 'inherit' }
  execFileSync('cargo', ['build', '--quiet', '--bin', 'adbrain'], inherit)
  const metadata = execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: ROOT, maxBuffer: 1 << 26 })
  return join(JSON.parse(metadata).target_directory, 'debug', 'adbrain')
}

// Starts `adbrain serve` in a folder and gives its addresses and a way to end it.
export async function serve(program, args, cwd = process.cwd()) {
  const child = spawn(program, ['serve', ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  const lines = createInterface({ input: child.stdout })
  const read = []
  const both = new Promise((resolve) => lines.on('line', (line) => read.push(line) === 2 && resolve(read)))
  const first = await Promise.race([both, ended])
  if (!Array.isArray(first)) throw new Error(`adbrain serve ended with ${first}`)
  const stop = () => {
    child.kill('SIGINT')
    return ended
  }
  return { url: first[0], viewer: first[1].slice(first[1].indexOf('http')), stop }
}

// A brief whose name is markup, with its media beside it.
export function hostileBrief(folder) {
  cpSync(join(ROOT, 'examples/media'), join(folder, 'media'), { recursive: true })
  const brief = JSON.parse(readFileSync(join(ROOT, 'examples/brief.json'), 'utf8'))
  const path = join(folder, 'brief.json')
  writeFileSync(path, JSON.stringify({ ...brief, name: HOSTILE }))
  return path
}

export function check(isTrue, what) {
  if (!isTrue) throw new Error(what)
}

export async function open(browser, url, options = {}) {
  const page = await browser.newPage(options)
  page.setDefaultTimeout(PATIENCE)
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('dialog', (dialog) => errors.push(dialog.message()))
  await page.goto(url)
  return { page, errors }
}

// Runs tests one after the other in a browser and a folder of their own. `begin` makes what they share; what it starts is stopped.
// ONLY names a test, or a part of a name, to run those alone.
export async function suite(name, begin, all) {
  const tests = all.filter((test) => test.name.includes(process.env.ONLY ?? ''))
  const browserPath = chromium()
  if (!browserPath) skip(`${name}: chromium is missing`)
  const playwright = await import('playwright-core').catch(() => skip(`${name}: playwright-core is missing; run npm install in tests/`))
  const program = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'adbrain-browser-'))
  const started = []
  let failed = 0
  try {
    const context = await begin({ program, folder, started })
    const browser = await playwright.chromium.launch({ executablePath: browserPath, headless: true, args: QUIET })
    started.unshift(() => browser.close())
    for (const test of tests) {
      try {
        await test({ ...context, browser, program, folder })
      } catch (error) {
        failed += 1
        console.log(`failed: ${test.name}: ${error.message}`)
      }
    }
  } finally {
    for (const stop of started) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`${name}: ${tests.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}
