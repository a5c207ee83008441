// A brief on the page in a real browser: written in fields or as JSON, checked with the errors of the engine, planned without a trace on any
// platform; nothing is lost on a wrong field; both languages; who may only look has no form; a page whose places are all taken says so.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { ROOT, check, open, serve, suite } from './tools.mjs'

const EXAMPLE = join(ROOT, 'examples/brief.json')
const field = (page, name) => page.locator(`#brief [name="${name}"]`).first()

async function opened(browser, url, options) {
  const { page, errors } = await open(browser, url, options)
  await page.locator('#brief summary').click()
  await field(page, 'brand').waitFor()
  return { page, errors }
}

async function answered(page, act) {
  const answer = page.waitForResponse((response) => response.url().endsWith(`/brief/${act}`))
  await page.locator(`#brief-${act}`).click()
  await answer
  await page.locator('#brief-done, #brief-error').first().waitFor()
  return (await page.locator('#brief-done, #brief-error').first().textContent()) ?? ''
}

// The name of the field that is shown as wrong, which has the focus.
async function focused(page) {
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
  return await page.evaluate(() => document.activeElement.getAttribute('name') ?? document.activeElement.id)
}

const written = async (page) => JSON.parse(await page.locator('#brief-json').inputValue())

async function aBriefIsWrittenInFieldsAndPlannedWithoutATraceOnAnyPlatform({ browser, program, desk, database }) {
  const { page, errors } = await opened(browser, desk.url)
  const lines = (name, text) => () => field(page, name).fill(text)
  // What is put into each field once the check shows it.
  const right = {
    brand: lines('brand', 'Ventania'),
    industry: lines('industry', 'fashion'),
    markets: lines('markets', 'BR'),
    'flight.start': lines('flight.start', '2027-01-04'),
    'flight.end': lines('flight.end', '2027-02-02'),
    'flight.time_zone': lines('flight.time_zone', 'America/Sao_Paulo'),
    'budget.amount': async () => {
      await field(page, 'budget.amount').fill('60000.00')
      await field(page, 'budget.currency').fill('BRL')
    },
    'budget.currency': lines('budget.currency', 'BRL'),
    formats: async () => {
      await page.locator('#brief [name="formats"]').check()
      await page.locator('#brief [name="formats:carousel"]').check()
    },
    'product.name': lines('product.name', 'Tênis Brisa'),
    'product.url': lines('product.url', 'https://ventania.example/tenis'),
    'product.benefits': lines('product.benefits', 'Conforto o dia todo\nSeca rápido depois da chuva'),
  }
  const shownWrong = []
  let said = await answered(page, 'check')
  while (!said.includes('good')) {
    const place = await focused(page)
    check(place in right && !shownWrong.includes(place), `${place} after ${shownWrong}: ${said}`)
    shownWrong.push(place)
    await right[place]()
    said = await answered(page, 'check')
  }
  check(shownWrong.length >= 8, `only ${shownWrong} were asked for`)
  check(await field(page, 'brand').inputValue() === 'Ventania', 'a wrong field took another one with it')
  check((await page.locator('#brief').textContent()).includes('official language'), 'what is assumed is not said')
  await field(page, 'declarations.is_political').selectOption('false')
  await page.locator('#brief [name="platforms"]').check()
  await page.locator('#brief [name="declarations.special_categories:"]').check()
  const brief = await written(page)
  check(brief.platforms[0] === 'meta' && brief.formats.length === 2 && brief.product.benefits.length === 2, JSON.stringify(brief))
  check(brief.declarations.is_political === false && brief.declarations.special_categories.length === 0, 'what is declared is not written')
  said = await answered(page, 'check')
  check(said.includes('good'), `the brief is not good: ${said}`)
  await page.evaluate((text) => sessionStorage.setItem('adbrain-brief', text), readFileSync(EXAMPLE, 'utf8'))
  await page.reload()
  await page.locator('#brief summary').click()
  await field(page, 'brand').waitFor()
  said = await answered(page, 'plan')
  check(said.includes('Dry run') && said.includes('Nothing was sent'), `no dry run: ${said}`)
  const shown = await page.locator('#brief').textContent()
  check(shown.includes('Worst case') && /R\$\s\d/.test(shown), 'the worst case of the plan is not shown')
  const run = /Dry run ([^:]+):/.exec(said)[1]
  const status = JSON.parse(execFileSync(program, ['status', run, '--db', database, '--json', '-'], { encoding: 'utf8' }))
  check(status.objects.length === 0 && status.steps.every((step) => step.state === 'planned'), 'a dry run left something on a platform')
  check(errors.length === 0, errors.join('; '))
}

async function whatIsWrongIsKeptAndNamedAsTheCommandLineDoes({ browser, desk }) {
  const { page } = await opened(browser, desk.url)
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8'))
  const wrong = [
    [{ ...example, budget: { amount: '-5', currency: 'BRL' } }, 'budget', 'budget.amount'],
    [{ ...example, flight: { ...example.flight, end: '2020-01-01' } }, 'flight', 'flight.start'],
    [{ ...example, product: { ...example.product, url: 'shop' } }, 'product.url', 'product.url'],
    [{ ...example, media: [{ path: 'media/none.mp4', colour: 'red' }] }, 'media[0]', 'brief-json'],
    [{ ...example, fame: 1 }, 'fame', 'brief-json'],
  ]
  for (const [brief, named, place] of wrong) {
    const text = JSON.stringify(brief, null, 1)
    await page.locator('#brief-json').fill(text)
    const said = await answered(page, 'check')
    check(said.includes(named), `${named} is not named: ${said}`)
    check((await focused(page)).startsWith(place.split('.')[0]), `${place} is not shown, but ${await focused(page)}`)
    check(await page.locator('#brief-json').inputValue() === text, 'the text was changed')
    check((await page.locator('#brief-next').textContent()).length > 3, 'no next step')
  }
  await page.locator('#brief-json').fill('{"name": "half')
  check((await answered(page, 'plan')).includes('line 1'), 'broken JSON has no place')
  await page.reload()
  await page.locator('#brief summary').click()
  await page.locator('#brief-json').waitFor()
  check(await page.locator('#brief-json').inputValue() === '{"name": "half', 'the text is lost where the page is loaded again')
}

async function portugueseFieldsAndAnswers({ browser, portuguese }) {
  const { page } = await opened(browser, portuguese.url)
  const text = await page.locator('#brief').textContent()
  check(text.includes('Uma nova campanha') && text.includes('Anunciante') && text.includes('amigável'), 'a text is not Portuguese')
  check(!/brief-[a-z]/.test(text.replaceAll('brief-json', '')), 'a text is missing')
  const said = await answered(page, 'check')
  check(said.includes('O que está errado: Primeiro dia (flight.start)'), said)
}

async function whoMayOnlyLookHasNoForm({ browser, desk }) {
  const { page } = await open(browser, desk.viewer)
  await page.locator('#viewer').waitFor()
  check(await page.locator('#brief').count() === 0, 'a viewer sees the form')
}

async function theFormFitsAPhoneAndBreaksNoRuleOfAccessibility({ browser, desk }) {
  const phone = { viewport: { width: 360, height: 740 } }
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  for (const colorScheme of ['light', 'dark']) {
    const { page } = await opened(browser, desk.url, { ...phone, colorScheme, bypassCSP: true })
    await answered(page, 'check')
    const overhang = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth)
    check(overhang <= 0, `the page is ${overhang} pixels too wide`)
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => window.axe.run())
    const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 2).join(' ')}`)
    check(found.length === 0, `${colorScheme}: ${found.join('; ')}`)
  }
}

async function aFullPageSaysSoAndComesBack({ browser, small }) {
  const first = await open(browser, small.url)
  await first.page.locator('#brief').waitFor()
  const { page } = await open(browser, small.url)
  await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('All places'))
  await first.page.close()
  await page.locator('#brief').waitFor()
}

async function begin({ program, folder, started }) {
  const database = join(folder, 'brief.db')
  execFileSync(program, ['run', '--brief', EXAMPLE, '--db', database, '--days', '1', '--run-id', 'before', '--out', join(folder, 'out')], { stdio: 'ignore' })
  const servers = []
  for (const args of [[], ['--lang', 'pt-BR'], ['--listeners', '1']]) {
    servers.push(await serve(program, ['--db', database, ...args], join(ROOT, 'examples')))
    started.push(servers.at(-1).stop)
  }
  const [desk, portuguese, small] = servers
  return { desk, portuguese, small, database }
}

await suite('brief', begin, [
  aBriefIsWrittenInFieldsAndPlannedWithoutATraceOnAnyPlatform, whatIsWrongIsKeptAndNamedAsTheCommandLineDoes, portugueseFieldsAndAnswers,
  whoMayOnlyLookHasNoForm, theFormFitsAPhoneAndBreaksNoRuleOfAccessibility, aFullPageSaysSoAndComesBack,
])
