// Opens the live page in a real browser: steps of a run that goes on and of a run from the database, a hostile name, a wrong token.
// ADBRAIN names a built command line; without it, it is built.
import { execFileSync, spawn } from 'node:child_process'
import { accessSync, constants, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DAYS = '3'
// Every step of a loop of three days: the run itself has a row of its own.
const STEPS = ['learn', 'strategist', 'creative', 'copywriter', 'optimizer', 'launch', 'open', 'day-001', 'day-002', 'day-003',
  'analyst-1', 'answers-1', 'measure', 'remember']
const HOSTILE = '<img src=x onerror="window.hostile=1"><script>window.hostile=2</script>'
// Quiet: the browser reaches for nothing beyond this machine.
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']
const PATIENCE = 30_000

function skip(why) {
  console.log(`skipped: browser smoke: ${why}`)
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

// Starts `adbrain serve` and gives its address and a way to end it.
async function serve(program, args) {
  const child = spawn(program, ['serve', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([new Promise((resolve) => lines.once('line', resolve)), ended])
  if (typeof first !== 'string') throw new Error(`adbrain serve ended with ${first}`)
  const stop = () => {
    child.kill('SIGINT')
    return ended
  }
  return { url: first, stop }
}

// A brief whose name is markup, with its media beside it.
function hostileBrief(folder) {
  cpSync(join(ROOT, 'examples/media'), join(folder, 'media'), { recursive: true })
  const brief = JSON.parse(readFileSync(join(ROOT, 'examples/brief.json'), 'utf8'))
  const path = join(folder, 'brief.json')
  writeFileSync(path, JSON.stringify({ ...brief, name: HOSTILE }))
  return path
}

function check(isTrue, what) {
  if (!isTrue) throw new Error(what)
}

// The page's rows, once every step of the loop is there and ended well.
async function steps(page) {
  await page.waitForFunction((names) => {
    const done = new Set([...document.querySelectorAll('#steps tr')]
      .filter((row) => ['finished', 'resumed'].includes(row.cells[2].className)).map((row) => row.cells[1].textContent))
    return names.every((name) => done.has(name))
  }, STEPS, { timeout: PATIENCE })
  return page.locator('#steps tr').count()
}

async function open(browser, url) {
  const page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE)
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('dialog', (dialog) => errors.push(dialog.message()))
  await page.goto(url)
  return { page, errors }
}

// The code with which the page's socket is closed after it has shown `token`.
function closedWith(page, address, token) {
  return page.evaluate(([address, token]) => new Promise((resolve) => {
    const socket = new WebSocket(address)
    socket.onopen = () => socket.send(token)
    socket.onmessage = () => resolve('a message')
    socket.onclose = (event) => resolve(event.code)
  }), [address, token])
}

async function aRunIsShownLive({ browser, live }) {
  const { page, errors } = await open(browser, live.url)
  const rows = await steps(page)
  check(rows >= STEPS.length, `${rows} rows`)
  await page.locator('.tile').first().waitFor()
  check(await page.locator('.tile .value').count() > 0, 'no tiles')
  check(errors.length === 0, errors.join('; '))
}

async function aHostileNameIsShownAsText({ browser, live }) {
  const { page } = await open(browser, live.url)
  await steps(page)
  await page.locator('#result-title:not([hidden])').waitFor()
  check((await page.locator('#result-title').textContent()).includes(HOSTILE), 'the title is not the name')
  check((await page.locator('#steps tr td').first().textContent()) === HOSTILE, 'the run is not called by its name')
  check(await page.locator('img, body script').count() === 0, 'the name became markup')
  check(await page.evaluate(() => window.hostile) === undefined, 'the name ran')
}

async function aRunIsReplayedFromTheDatabase({ browser, replay }) {
  const { page, errors } = await open(browser, replay.url)
  check(await steps(page) === STEPS.length, 'other rows than the steps of the run')
  await page.reload()
  check(await steps(page) === STEPS.length, 'other rows after the page was loaded again')
  check(errors.length === 0, errors.join('; '))
}

async function aWrongTokenIsRefused({ browser, live }) {
  const wrong = live.url.replace(/token=.*/, `token=${'0'.repeat(64)}`)
  const { page } = await open(browser, wrong)
  await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('Not connected'))
  check(await page.locator('#steps tr').count() === 0, 'a wrong token shows steps')
  const address = `${live.url.split('/#')[0].replace('http', 'ws')}/live`
  // 1008: the policy of RFC 6455, section 7.4.1.
  for (const token of ['', '0'.repeat(64)]) {
    const code = await closedWith(page, address, token)
    check(code === 1008, `closed with ${code}`)
  }
}

async function anotherPageIsRefused({ browser, live }) {
  const { page } = await open(browser, 'about:blank')
  const address = `${live.url.split('/#')[0].replace('http', 'ws')}/live`
  // 1006: the handshake was refused.
  const code = await closedWith(page, address, live.url.split('token=')[1])
  check(code === 1006, `closed with ${code}`)
}

async function runAll(context) {
  const tests = [aRunIsShownLive, aHostileNameIsShownAsText, aRunIsReplayedFromTheDatabase, aWrongTokenIsRefused, anotherPageIsRefused]
  let failed = 0
  for (const test of tests) {
    try {
      await test(context)
    } catch (error) {
      failed += 1
      console.log(`failed: ${test.name}: ${error.message}`)
    }
  }
  console.log(`${tests.length - failed} passed, ${failed} failed`)
  return failed
}

async function main() {
  const browserPath = chromium()
  if (!browserPath) skip('chromium is missing')
  const playwright = await import('playwright-core').catch(() => skip('playwright-core is missing; run npm install in tests/'))
  const program = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'adbrain-browser-'))
  const started = []
  try {
    const database = join(folder, 'brain.db')
    const run = ['--brief', hostileBrief(folder), '--db', database, '--days', DAYS, '--run-id', HOSTILE, '--lang', 'en']
    const live = await serve(program, run)
    started.push(live.stop)
    const other = join(folder, 'other.db')
    const options = ['--brief', join(ROOT, 'examples/brief.json'), '--db', other, '--days', DAYS, '--out', join(folder, 'out')]
    execFileSync(program, ['run', ...options], { stdio: 'ignore' })
    const replay = await serve(program, ['--db', other])
    started.push(replay.stop)
    const browser = await playwright.chromium.launch({ executablePath: browserPath, headless: true, args: QUIET })
    started.unshift(() => browser.close())
    return await runAll({ browser, live, replay })
  } finally {
    for (const stop of started) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = (await main()) === 0 ? 0 : 1
