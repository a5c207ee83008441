// A back end with the engine inside. What the reader will see: plans are made, shown, approved and run over HTTP; one engine serves every request,
// and the live page is a link away. Nothing is spent: campaigns run in the simulated market.
import { createHash, timingSafeEqual } from 'node:crypto'
import { AdbrainError, Brain, setLogger } from 'adbrain'
import fastify from 'fastify'

const STATUS = { invalid_input: 400, unauthorized: 401, refused: 403, needs_approval: 403, not_found: 404, conflict: 409, rate_limited: 429, cancelled: 503, unavailable: 503 }
const hash = (text) => createHash('sha256').update(text).digest()

/** The service; `close` of it stops what runs, closes the brain and the page, and ends open requests. */
export async function service({ database, key, logger = false }) {
  if (!key || key.length < 16) throw new Error('SERVICE_KEY has to be 16 characters or more: openssl rand -hex 32')
  const app = fastify({ logger, forceCloseConnections: true, bodyLimit: 1 << 20 })
  if (logger) setLogger(app.log)
  const brain = await Brain.local(database)
  const page = await brain.dashboard({ mode: 'sandbox' })
  const leaving = new AbortController()

  const wanted = hash(`Bearer ${key}`)
  const isOpen = (request) => request.routeOptions.config.open === true
  app.addHook('onRequest', async (request, reply) => {
    if (isOpen(request) || timingSafeEqual(hash(request.headers.authorization ?? ''), wanted)) return
    return reply.code(401).send({ error: 'unauthorized', message: 'send the key of the service as a bearer token' })
  })
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof AdbrainError)) return reply.send(error)
    request.log.warn({ code: error.code, ...error.context }, error.message)
    return reply.code(STATUS[error.code] ?? 500).send({ error: error.code, message: error.message, next: error.nextStep, ...error.context })
  })

  // A service manager asks these: is the process alive, and may it be given requests?
  app.get('/healthz', { config: { open: true } }, async () => ({ alive: true }))
  app.get('/readyz', { config: { open: true } }, async (request, reply) =>
    leaving.signal.aborted ? reply.code(503).send({ ready: false }) : { ready: true },
  )

  const asked = ({ brief, days, seed }) => [brief, { days, seed, signal: leaving.signal }]
  app.post('/plans', async ({ body }) => brain.plan(...asked(body)))
  app.post('/plans/:hash/approve', async ({ params, body }) => brain.approve(params.hash, { by: body.by, mode: 'sandbox' }))
  app.post('/plans/:hash/refuse', async ({ params, body }) => brain.refuse(params.hash, { by: body.by, reason: body.reason }))
  app.post('/runs', async ({ body }) => {
    const result = await brain.run(...asked(body))
    return { run: result.run, plan_hash: result.plan_hash, totals: result.totals, targets: result.targets }
  })
  app.get('/runs/:run', async ({ params }) => brain.status(params.run))
  // Who has the key is led to the live page; the token stands behind `#`, which no server sees.
  app.get('/dashboard', async (request, reply) => reply.redirect(page.url, 303))

  app.addHook('preClose', async () => leaving.abort())
  app.addHook('onClose', async () => {
    await brain.close()
    if (logger) setLogger(null)
  })
  return app
}
