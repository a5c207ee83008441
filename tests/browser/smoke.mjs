// Opens the live page in a real browser: steps of a run that goes on and of a run from the database, a hostile name, a wrong token.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import { HOSTILE, PATIENCE, ROOT, check, hostileBrief, open, serve, suite } from './tools.mjs'

const DAYS = '3'
// Every step of a loop of three days: the run itself has a row of its own.
const STEPS = ['learn', 'strategist', 'creative', 'copywriter', 'optimizer', 'launch', 'open', 'day-001', 'day-002', 'day-003',
  'analyst-1', 'answers-1', 'measure', 'remember']

// The page's rows, once every step of the loop is there and ended well.
async function steps(page) {
  await page.waitForFunction((names) => {
    const done = new Set([...document.querySelectorAll('#steps tr')]
      .filter((row) => ['finished', 'resumed'].includes(row.cells[2].className)).map((row) => row.cells[1].textContent))
    return names.every((name) => done.has(name))
  }, STEPS, { timeout: PATIENCE })
  return page.locator('#steps tr').count()
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
  await page.locator('#result-title').waitFor()
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

async function begin({ program, folder, started }) {
  const database = join(folder, 'brain.db')
  const run = ['--brief', hostileBrief(folder), '--db', database, '--days', DAYS, '--run-id', HOSTILE, '--lang', 'en']
  const live = await serve(program, run)
  started.push(live.stop)
  const other = join(folder, 'other.db')
  const options = ['--brief', join(ROOT, 'examples/brief.json'), '--db', other, '--days', DAYS, '--out', join(folder, 'out')]
  execFileSync(program, ['run', ...options], { stdio: 'ignore' })
  const replay = await serve(program, ['--db', other])
  started.push(replay.stop)
  return { live, replay }
}

await suite('smoke', begin, [
  aRunIsShownLive, aHostileNameIsShownAsText, aRunIsReplayedFromTheDatabase, aWrongTokenIsRefused, anotherPageIsRefused,
])
