// The control room in a real browser: a person approves, refuses, stops; who may only look cannot; hostile names stay text; both languages,
// a phone, the keyboard, a screen reader's rules; a gap in the messages.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { HOSTILE, PATIENCE, ROOT, check, hostileBrief, open, serve, suite } from './tools.mjs'

const BRIEF = join(ROOT, 'examples/brief.json')
const PHONE = { viewport: { width: 360, height: 740 } }

// Markup and script in every form that has been seen to run somewhere, each counting up one value where it runs.
function payloads() {
  const run = 'window.hostile=(window.hostile||0)+1'
  const events = [
    'onerror', 'onload', 'onfocus', 'onmouseover', 'ontoggle', 'onanimationstart', 'onbegin', 'onpointerenter', 'onscroll', 'onclick',
    'onmouseenter', 'onpointermove', 'onfocusin', 'onbeforeinput', 'ontransitionend', 'onwheel', 'oncanplay', 'onloadstart', 'onauxclick', 'onsecuritypolicyviolation',
  ]
  const elements = [
    'img src=x', 'svg', 'body', 'input autofocus', 'details open', 'video src=x', 'iframe src=x', 'marquee', 'style', 'object data=x', 'math', 'a href=x',
    'audio src=x', 'embed src=x', 'select autofocus', 'textarea autofocus', 'link rel=stylesheet href=x', 'meta http-equiv=refresh', 'table background=x',
    'form action=x', 'button autofocus', 'keygen autofocus', 'isindex type=image src=x', 'x contenteditable autofocus tabindex=1',
  ]
  const crossed = elements.flatMap((element) => events.map((event) => `<${element} ${event}="${run}">`))
  return [
    ...crossed,
    `<script>${run}</script>`, `</script><script>${run}</script>`, `</title><script>${run}</script>`, `"><script>${run}</script>`,
    `'-${run}-'`, `javascript:${run}`, `<a href="javascript:${run}">x</a>`, `\${${run}}`, `{{constructor.constructor('${run}')()}}`,
    `<iframe srcdoc="<script>parent.${run}</script>">`, `<svg><script>${run}</script></svg>`, `<math><mi xlink:href="javascript:${run}">`,
    `<base href="javascript:${run}//">`, `<meta http-equiv="refresh" content="0;url=javascript:${run}">`, `<template><script>${run}</script></template>`,
    `<noscript><p title="</noscript><img src=x onerror=${run}>">`, `\u2028<script>${run}</script>`, `\u202e<img src=x onerror="${run}">`,
    `<!--><script>${run}</script>`, `<![CDATA[><script>${run}</script>]]>`, `<ſcript>${run}</ſcript>`, `<img/src=x/onerror=${run}>`,
    '__proto__', 'constructor', '"}],"x":[{"y":"', '\\u003cscript\\u003e', '&lt;script&gt;', '%3Cscript%3E', 'dangerouslySetInnerHTML', 'null',
  ]
}

// A run that waits, paused, for the approval of its plan.
function waiting(program, folder, name, brief = BRIEF) {
  const database = join(folder, `${name}.db`)
  const args = ['run', '--brief', brief, '--db', database, '--days', '2', '--mode', 'live', '--run-id', name, '--out', join(folder, name)]
  execFileSync(program, args, { stdio: 'ignore' })
  return database
}

function status(program, database) {
  return JSON.parse(execFileSync(program, ['status', '--db', database, '--json', '-'], { encoding: 'utf8' }))
}

async function sign(page, fields) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`dialog [name=${name}]`).fill(value)
  await page.locator('#confirm').click()
}

async function aPlanIsApprovedByClick({ browser, program, folder }) {
  const database = waiting(program, folder, 'approve', hostileBrief(folder))
  const desk = await serve(program, ['--db', database])
  try {
    const { page, errors } = await open(browser, desk.url)
    await page.locator('.plan .approve').waitFor()
    check((await page.locator('.plan h3').textContent()).includes(HOSTILE), 'the plan is not called by its name')
    check(await page.locator('.plan tbody tr').count() > 10, 'the fields of the plan are not shown')
    check(!page.url().includes('token'), 'the token stays in the address')
    await page.locator('.plan .approve').click()
    await sign(page, { by: 'policy' })
    await page.locator('#order-error').waitFor()
    check((await page.locator('#order-next').textContent()).includes('name the person'), 'the error has no next step')
    await sign(page, { by: 'Ana Souza' })
    await page.locator('#order-done').waitFor()
    check((await page.locator('#order-done').textContent()).includes('Ana Souza'), 'the answer does not name who approved')
    await page.locator('#close').click()
    await page.locator('#nothing-waits').waitFor()
    check(await page.locator('img, body script').count() === 0 && await page.evaluate(() => window.hostile) === undefined, 'a name ran')
    check(errors.length === 0, errors.join('; '))
  } finally {
    await desk.stop()
  }
  const { decision } = status(program, database)
  check(decision.kind === 'approved' && decision.by === 'Ana Souza', 'the journal does not name who approved')
}

async function thePageStopsAndGoesOnByClick({ browser, program, desk, database }) {
  const { page } = await open(browser, desk.url)
  await page.locator('#stop').click()
  await sign(page, { by: 'Ana', reason: 'a look first' })
  await page.locator('#order-done').waitFor()
  await page.locator('#close').click()
  await page.locator('#switch-state.problem').waitFor()
  check(status(program, database).switch.by === 'Ana', 'the journal does not name who stopped')
  await page.locator('#resume').click()
  await sign(page, { by: 'Rui' })
  await page.locator('#order-done').waitFor()
  await page.locator('#close').click()
  await page.locator('#stop').waitFor()
  check(status(program, database).switch.by === 'Rui', 'the journal does not name who went on')
}

async function whoMayOnlyLookCannotDecide({ browser, desk }) {
  const { page } = await open(browser, desk.viewer)
  await page.locator('.plan').waitFor()
  check(await page.locator('#viewer').count() === 1, 'the page does not say that it only shows')
  check(await page.locator('main button.order').count() === 0, 'a viewer sees buttons that order')
  check(await page.locator('main button.csv').count() > 0, 'a viewer cannot save a table')
  const token = desk.viewer.split('token=')[1]
  const answer = await page.evaluate(async (token) => {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
    const response = await fetch('/orders/stop', { method: 'POST', headers, body: '{"by": "Eve", "reason": "mine"}' })
    return [response.status, (await response.json()).error.next]
  }, token)
  check(answer[0] === 403 && answer[1].includes('first address'), `a viewer's order is answered with ${answer}`)
}

// The page with messages of our own in place of the server's.
async function withMessages(browser, desk, handle) {
  const page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE)
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('dialog', (dialog) => errors.push(dialog.message()))
  await page.routeWebSocket(/\/live$/, handle)
  await page.goto(desk.url)
  return { page, errors }
}

// Every payload as a run of its own, with everything in it opened.
async function everyRunIsShownAsItIs({ page, errors }, all, markup) {
  await page.locator('#runs').waitFor()
  const wrong = await page.evaluate(async (all) => {
    const choice = document.getElementById('runs')
    for (const text of all) {
      choice.value = text
      choice.dispatchEvent(new Event('change', { bubbles: true }))
      await new Promise((done) => setTimeout(done, 0))
      document.querySelectorAll('#run details').forEach((one) => { one.open = true })
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))
      if (!document.getElementById('result-title').textContent.includes(text)) return text
      if (!document.querySelector('.alert h5').textContent.includes(text)) return text
    }
    return null
  }, all)
  check(wrong === null, `not shown as it is: ${wrong}`)
  check(await page.locator('#charts .uplot').count() > 0, 'no chart is drawn')
  check(await page.evaluate(() => window.hostile) === undefined, 'a name of a run ran')
  check(await page.locator(markup).count() === 0, 'a name of a run became markup')
  check(errors.length === 0, errors.join('; '))
}

async function hostileNamesRunNothing({ browser, desk }) {
  const all = payloads()
  check(all.length >= 500 && new Set(all).size === all.length, `${all.length} payloads`)
  const names = ['title', 'waits', 'approve', 'caps', 'steps', 'run', 'state', 'connected', 'control', 'target']
  const own = Object.fromEntries(names.map((name) => [name, all[0]]))
  const blocks = (text) => [{ note: text }, { tiles: [{ label: text, value: text, target: text, is_met: false }] }, { title: text, columns: [text], rows: [[text]] }]
  const alert = (text) => ({ key: text, severity: text, title: text, when: text, text, advice: text, noted: text, quiet: null, letter: text, match: { rule: text } })
  const alerts = (text) => ({
    open: [alert(text)],
    over: [alert(text)],
    silences: [{ id: text, text, holds: true }],
    letters: [{ id: text, title: text, lines: [text], ways: [text], noted: null }],
  })
  const charts = (text) => ({
    day: text,
    note: text,
    days: ['2026-12-01', '2026-12-02'],
    day_texts: [text, text],
    views: [{ name: text, charts: [{ name: text, title: text, series: [{ kind: 'actual', label: text, values: [1, 2], texts: [text, text] }] }] }],
  })
  const runs = all.flatMap((text, place) => [
    { run: text, part: 'head', value: { run: text, name: text, basis: text, place, waits: true } },
    { run: text, part: 'caps', value: [{ label: text, text, worst_share: 2, planned_share: 1 }] },
    { run: text, part: 'section-figures', value: { title: text, order: 1, blocks: blocks(text) } },
    { run: text, part: 'alerts', value: alerts(text) },
    { run: text, part: 'loop', value: [{ step: text, label: text, state: text, state_text: text, after: [text] }] },
    { run: text, part: 'trail', value: [{ title: text, blocks: blocks(text), undo: [{ entry: text, text }] }] },
    { run: text, part: 'charts', value: charts(text) },
  ])
  const plans = all.map((text) => ({ run: text, hash: text, name: text, basis: text, about: text, blocks: blocks(text) }))
  runs.push({ run: null, part: 'control', value: { is_on: true, text: all[1], mode: all[2], can_decide: true } })
  const parts = [...runs, { run: null, part: 'waits', value: { plans, proposals: plans, others: plans } }]
  parts.push({ run: null, part: 'problem', value: all[3] })
  const events = all.map((text) => ({ run: text, step: text, at: text, state: text, label: text, detail: text }))
  const told = (parts, events) => (socket) => socket.onMessage(() => {
    socket.send(JSON.stringify({ type: 'texts', language: 'en', role: 'operator', texts: own }))
    socket.send(JSON.stringify({ type: 'snapshot', number: 1, parts, events }))
  })
  const { page, errors } = await withMessages(browser, desk, told(parts, events))
  await page.locator('.plan').nth(all.length - 1).waitFor()
  check(await page.locator('#steps tr').count() === all.length, 'other rows than payloads')
  await page.locator('.plan .approve').first().click()
  await page.locator('dialog').waitFor()
  check(await page.evaluate(() => window.hostile) === undefined, 'a name ran')
  const markup = 'img, svg, body script, iframe, object, video, math, style, base, marquee, template, a[href^="javascript"], noscript, audio, embed, keygen, isindex, textarea:not(#brief textarea), link[href=x]'
  check(await page.locator(markup).count() === 0, 'a name became markup')
  check(errors.length === 0, errors.join('; '))
  await page.close()
  await everyRunIsShownAsItIs(await withMessages(browser, desk, told(runs, [])), all, markup)
}

async function aGapIsAnsweredWithEverythingAnew({ browser, desk }) {
  const sent = []
  const note = (text) => ({ run: null, part: 'problem', value: text })
  const { page } = await withMessages(browser, desk, (socket) => socket.onMessage((message) => {
    sent.push(String(message))
    if (message !== 'resync') {
      socket.send(JSON.stringify({ type: 'texts', language: 'en', role: 'viewer', texts: {} }))
      socket.send(JSON.stringify({ type: 'snapshot', number: 1, parts: [note('one')], events: [] }))
      socket.send(JSON.stringify({ type: 'delta', after: 1, number: 2, parts: [note('two')], events: [] }))
      socket.send(JSON.stringify({ type: 'delta', after: 5, number: 6, parts: [note('lost')], events: [] }))
      socket.send(JSON.stringify({ type: 'delta', after: 6, number: 7, parts: [note('lost too')], events: [] }))
    } else {
      socket.send(JSON.stringify({ type: 'snapshot', number: 7, parts: [note('anew')], events: [] }))
    }
  }))
  await page.getByText('anew', { exact: true }).waitFor()
  check(sent.filter((message) => message === 'resync').length === 1, `sent ${sent}`)
}

// An hour at ten messages a second, sent as fast as the page takes them.
async function anHourOfMessagesLeavesTheHeapAsItWas({ browser, desk }) {
  const messages = 36_000
  const first = { type: 'snapshot', number: 1, parts: [], events: [] }
  let send
  const { page } = await withMessages(browser, desk, (socket) => socket.onMessage(() => {
    socket.send(JSON.stringify({ type: 'texts', language: 'en', role: 'viewer', texts: {} }))
    socket.send(JSON.stringify(first))
    send = (message) => socket.send(JSON.stringify(message))
  }))
  await page.locator('#title').waitFor()
  const session = await page.context().newCDPSession(page)
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize
  }
  const delta = (number) => ({
    type: 'delta',
    after: number - 1,
    number,
    parts: [{ run: 'a', part: 'head', value: { run: 'a', name: `run ${number}`, basis: 'simulated', place: 0, waits: false } }],
    events: [{ run: 'a', step: `step ${number % 40}`, at: String(number), state: 'finished', label: 'finished', detail: 'x'.repeat(200) }],
  })
  const until = async (last) => {
    await page.waitForFunction((name) => document.getElementById('result-title')?.textContent.startsWith(name), `run ${last} `)
  }
  for (let number = 2; number <= 1000; number += 1) send(delta(number))
  await until(1000)
  const before = await heap()
  for (let number = 1001; number <= messages; number += 1) {
    send(delta(number))
    if (number % 4000 === 0) await until(number)
  }
  await until(messages)
  const grown = ((await heap()) - before) / 1e6
  console.log(`heap: ${grown.toFixed(2)} MB more after ${messages} messages`)
  check(grown < 10, `the heap grew by ${grown} MB`)
}

async function portugueseTextsAndAmounts({ browser, portuguese }) {
  const { page } = await open(browser, portuguese.url)
  await page.getByText('O que espera por você').waitFor()
  await page.locator('.plan .approve').waitFor()
  check(await page.evaluate(() => document.documentElement.lang) === 'pt-BR', 'the page does not say its language')
  const text = await page.locator('main').textContent()
  check(/R\$\s\d{1,3}(\.\d{3})*,\d{2}/.test(text), 'amounts are not written as in Brazil')
  check(text.includes('Limites de gasto') && text.includes('Pior caso') && !text.includes('Worst case'), 'a text is not Portuguese')
  check(!/\b(dashboard|report)-[a-z]/.test(text), 'a text is missing')
  const levels = await page.locator('#section-figures tbody tr td:first-child').allTextContents()
  check(levels.length > 0 && levels.every((level) => ['plataforma', 'campanha', 'conjunto de anúncios', 'anúncio'].includes(level)), `levels ${levels}`)
}

async function nothingScrollsSidewaysOnAPhone({ browser, desk }) {
  const { page } = await open(browser, desk.url, PHONE)
  const overhang = () => page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth)
  await page.locator('.plan .approve').waitFor()
  check(await overhang() <= 0, `the page is ${await overhang()} pixels too wide`)
  await page.locator('.plan .refuse').click()
  await page.locator('#confirm').waitFor()
  check(await overhang() <= 0, 'the question is too wide')
  const small = await page.locator('button:visible').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).length)
  check(small === 0, 'a button is lower than a finger')
}

async function theKeyboardIsEnough({ browser, desk }) {
  const { page } = await open(browser, desk.url)
  await page.locator('.plan .approve').waitFor()
  await page.keyboard.press('Tab')
  check(await page.evaluate(() => document.activeElement.className) === 'skip', 'the first stop is not the way to what waits')
  await page.keyboard.press('Enter')
  check(await page.evaluate(() => document.activeElement.id) === 'waits', 'the way to what waits does not lead there')
  await page.keyboard.press('Tab')
  check(await page.evaluate(() => document.activeElement.classList.contains('approve')), 'the next stop is not the approval')
  await page.keyboard.press('Enter')
  await page.locator('dialog[open]').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
}

async function noRuleOfAccessibilityIsBroken({ browser, desk, finished, eager }) {
  const require = createRequire(import.meta.url)
  let axe
  try {
    axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
  } catch {
    console.log('skipped: accessibility: axe-core is missing; run npm install in tests/')
    return
  }
  for (const colorScheme of ['light', 'dark']) {
    for (const url of [desk.url, finished.url, eager.url]) {
      // The rules' own script is put into the page, which its policy would refuse.
      const { page } = await open(browser, url, { colorScheme, bypassCSP: true })
      await page.locator('#result-title').waitFor()
      await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true }))
      const broken = async () => {
        await page.evaluate(axe)
        const { violations } = await page.evaluate(() => window.axe.run())
        return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 2).join(' ')}`)
      }
      let found = await broken()
      check(found.length === 0, `${colorScheme}: ${found.join('; ')}`)
      if (url === desk.url) {
        await page.locator('.plan .approve').click()
        await page.locator('dialog[open]').waitFor()
        found = await broken()
        check(found.length === 0, `${colorScheme}, question: ${found.join('; ')}`)
      }
    }
  }
}

async function figuresAndChartOfAFinishedRunAreShown({ browser, finished }) {
  const { page, errors } = await open(browser, finished.url)
  await page.locator('.chart canvas').first().waitFor()
  check(await page.locator('.chart canvas').count() === 7, 'other charts than seven')
  check(await page.locator('#section-figures tbody tr').count() > 4, 'no figures by campaign and ad set')
  check(await page.locator('.tile').count() === 4, 'other tiles than the targets')
  check(await page.locator('.cap').count() === 3, 'other caps than three')
  check(errors.length === 0, errors.join('; '))
}

// A move of money waits for a person; it is done by click, and a part of it taken back by click.
async function aProposalIsApprovedAndTakenBackByClick({ browser, program, eager, eagerDatabase }) {
  const { page, errors } = await open(browser, eager.url)
  await page.locator('.change .approve').first().waitFor()
  const before = await page.locator('.change').count()
  const fields = await page.locator('.change').first().locator('thead th').allTextContents()
  check(fields.join() === 'Platform,Level,Object,Field,Before,After', `the fields are ${fields}`)
  await page.locator('.change .refuse').first().click()
  await sign(page, { by: 'Ana', reason: 'too early' })
  await page.locator('#order-done').waitFor()
  await page.locator('#close').click()
  await page.waitForFunction((count) => document.querySelectorAll('.change').length < count, before)
  await page.locator('.change .approve').first().click()
  await sign(page, { by: 'Rui' })
  await page.locator('#order-done').waitFor()
  check((await page.locator('#order-done').textContent()).includes('Rui'), 'the answer does not name who approved')
  await page.locator('#close').click()
  const done = () => status(program, eagerDatabase).steps.filter((step) => step.action.startsWith('set_') && step.state === 'confirmed')
  check(done().length > 0, 'nothing was done')
  await page.waitForFunction((count) => document.querySelectorAll('.change').length < count - 1, before)
  const trails = page.locator('.trail summary')
  for (let place = 0; place < await trails.count() && await page.locator('.undo').count() === 0; place += 1) {
    await trails.nth(place).click()
    await page.waitForTimeout(50)
  }
  await page.locator('.undo').first().click()
  await sign(page, { by: 'Ana' })
  await page.locator('#order-done').waitFor()
  check(status(program, eagerDatabase).steps.some((step) => step.state === 'compensated'), 'nothing was taken back')
  check(errors.length === 0, errors.join('; '))
}

async function anAlertIsTakenNoteOfAndKeptQuietByClick({ browser, eager }) {
  const { page } = await open(browser, eager.url)
  const first = page.locator('#alerts > .alert').first()
  await first.locator('.acknowledge').click()
  await sign(page, { by: 'Ana' })
  await page.locator('#order-done').waitFor()
  await page.locator('#close').click()
  await first.locator('.noted').waitFor()
  await first.locator('.silence').click()
  await sign(page, { by: 'Ana', reason: 'a sale', hours: '2.5' })
  await page.locator('#order-done').waitFor()
  await page.locator('#close').click()
  await first.locator('.quiet').waitFor()
  check((await page.locator('.silenced').first().textContent()).includes('a sale'), 'the silence does not say why')
  check(await first.locator('.silence').count() === 0, 'what is quiet can be silenced again')
  await page.locator('.unsilence').first().click()
  await sign(page, { by: 'Rui' })
  await page.locator('#order-done').waitFor()
  await page.locator('#close').click()
  await first.locator('.silence').waitFor()
  await page.locator('#told summary').click()
  check(await page.locator('.letter').count() > 0, 'the history is empty')
}

// The values that the legend of a chart shows at the pointer.
function legend(page, name) {
  return page.locator(`[data-chart=${name}] .u-legend .u-value`).allTextContents()
}

async function chartsShareRangeZoomAndPointer({ browser, eager }) {
  const { page, errors } = await open(browser, eager.url)
  await page.locator('.chart canvas').first().waitFor()
  const over = page.locator('[data-chart=spend] .u-over')
  await over.scrollIntoViewIfNeeded()
  const box = await over.boundingBox()
  const at = (share) => [box.x + box.width * share, box.y + box.height / 2]
  await page.mouse.move(...at(0.5))
  await page.waitForFunction(() => [...document.querySelectorAll('[data-chart=cpm] .u-legend .u-value')].every((one) => !/^[–-]*$/.test(one.textContent)))
  check((await legend(page, 'spend'))[0] === (await legend(page, 'cpm'))[0], 'the pointer stands at different days')
  await page.mouse.move(...at(0.3))
  await page.mouse.down()
  await page.mouse.move(...at(0.7), { steps: 5 })
  await page.mouse.up()
  const from = page.locator('#range-from')
  const first = await from.getAttribute('min')
  await page.waitForFunction((first) => document.getElementById('range-from').value !== first, first)
  const rows = async (name) => page.locator(`[data-chart=${name}] details tbody tr`).count()
  await page.locator('.chart details').evaluateAll((all) => all.forEach((one) => { one.open = true }))
  await page.waitForFunction((all) => {
    const rows = (name) => document.querySelectorAll(`[data-chart=${name}] details tbody tr`).length
    return rows('spend') > 0 && rows('spend') < all && rows('spend') === rows('cpm')
  }, EAGER_DAYS)
  await page.locator('fieldset button').first().click()
  await page.waitForFunction((first) => document.getElementById('range-from').value === first, first)
  check(await rows('roas') === EAGER_DAYS, 'everything is not shown again')
  await page.locator('#charts-of').selectOption('1')
  check(await page.locator('.chart canvas').count() === 7, 'other charts of one platform')
  check(errors.length === 0, errors.join('; '))
}

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}

async function tablesAndChartsAreSavedAndFormulasAreHarmless({ browser, desk, eager }) {
  const table = { title: null, columns: ['=HYPERLINK("x")'], rows: [['=1+1'], ['+1'], ['-1'], ['@a'], ['\tb'], ['plain, "quoted"'], ['–']] }
  const parts = [
    { run: 'a', part: 'head', value: { run: 'a', name: 'a', basis: 'simulated', place: 0, waits: false } },
    { run: 'a', part: 'section-x', value: { title: '../=evil', order: 1, blocks: [table] } },
  ]
  const { page } = await withMessages(browser, desk, (socket) => socket.onMessage(() => {
    socket.send(JSON.stringify({ type: 'texts', language: 'en', role: 'viewer', texts: { csv: 'CSV', png: 'PNG' } }))
    socket.send(JSON.stringify({ type: 'snapshot', number: 1, parts, events: [] }))
  }))
  const csv = await saved(page, page.locator('.csv').first())
  const lines = csv.bytes.toString('utf8').split('\r\n')
  const wanted = [`"'=HYPERLINK(""x"")"`, "'=1+1", "'+1", "'-1", "'@a", "'\tb", '"plain, ""quoted"""', '–', '']
  check(JSON.stringify(lines) === JSON.stringify(wanted), `the file holds ${JSON.stringify(lines)}`)
  check(!/[/=]/.test(csv.name) && csv.name.endsWith('.csv'), `the file is called ${csv.name}`)
  const isPicture = ({ bytes }) => bytes.length > 500 && bytes.subarray(1, 4).toString() === 'PNG'
  check(isPicture(await saved(page, page.locator('.png').first())), 'the table is no picture')
  const room = await open(browser, eager.url)
  await room.page.locator('[data-chart=spend] canvas').waitFor()
  await room.page.locator('[data-chart=spend] summary').click()
  check(isPicture(await saved(room.page, room.page.locator('[data-chart=spend] .png'))), 'the chart is no picture')
}

async function theLoopShowsWhatRunsNow({ browser, desk }) {
  const step = (step, state, after) => ({ step, label: step, state, state_text: state, after })
  const parts = [
    { run: 'a', part: 'head', value: { run: 'a', name: 'a', basis: 'simulated', place: 0, waits: false } },
    { run: 'a', part: 'loop', value: [step('launch', 'done', []), step('days', 'next', ['launch']), step('measure', 'todo', ['days'])] },
  ]
  const event = (number, step, state) => ({
    type: 'delta', after: number - 1, number, parts: [], events: [{ run: 'a', step, at: '', state, label: state, detail: '' }],
  })
  const { page } = await withMessages(browser, desk, (socket) => socket.onMessage(() => {
    socket.send(JSON.stringify({ type: 'texts', language: 'en', role: 'viewer', texts: { 'loop-running': 'runs now' } }))
    socket.send(JSON.stringify({ type: 'snapshot', number: 1, parts, events: [] }))
    socket.send(JSON.stringify(event(2, 'day-003', 'started')))
  }))
  await page.locator('.node.running[data-step=days][aria-current=step]').waitFor()
  check(await page.locator('.node.running').count() === 1 && await page.locator('#loop > li').count() === 3, 'the loop is drawn otherwise')
}

const EAGER = 'version = 1\n[[rule]]\nname = "shown"\nvalue = "cpm_hour"\nabove = 0.01\nseverity = "high"\n'
const EAGER_DAYS = 11

async function begin({ program, folder, started }) {
  const database = waiting(program, folder, 'waits')
  const other = join(folder, 'finished.db')
  execFileSync(program, ['run', '--brief', BRIEF, '--db', other, '--days', '3', '--out', join(folder, 'out')], { stdio: 'ignore' })
  const servers = []
  const [rules, eagerDatabase] = [join(folder, 'eager.toml'), join(folder, 'eager.db')]
  writeFileSync(rules, EAGER)
  const asked = ['--days', String(EAGER_DAYS), '--mode', 'sandbox', '--autonomy', 'approve', '--daily-budgets', '--rules', rules, '--out', join(folder, 'eager')]
  execFileSync(program, ['run', '--brief', BRIEF, '--db', eagerDatabase, ...asked], { stdio: 'ignore' })
  for (const args of [['--db', database], ['--db', database, '--lang', 'pt-BR'], ['--db', other], ['--db', eagerDatabase, '--mode', 'sandbox']]) {
    servers.push(await serve(program, args))
    started.push(servers.at(-1).stop)
  }
  const [desk, portuguese, finished, eager] = servers
  return { desk, portuguese, finished, eager, database, eagerDatabase }
}

await suite('control room', begin, [
  aPlanIsApprovedByClick, thePageStopsAndGoesOnByClick, whoMayOnlyLookCannotDecide, hostileNamesRunNothing, aGapIsAnsweredWithEverythingAnew,
  anHourOfMessagesLeavesTheHeapAsItWas,
  portugueseTextsAndAmounts, nothingScrollsSidewaysOnAPhone, theKeyboardIsEnough, noRuleOfAccessibilityIsBroken,
  figuresAndChartOfAFinishedRunAreShown,
  anAlertIsTakenNoteOfAndKeptQuietByClick, chartsShareRangeZoomAndPointer, tablesAndChartsAreSavedAndFormulasAreHarmless, theLoopShowsWhatRunsNow,
  aProposalIsApprovedAndTakenBackByClick,
])
