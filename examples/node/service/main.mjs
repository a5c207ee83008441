// Starts the service: SERVICE_KEY=... node main.mjs. On SIGTERM or Ctrl-C it takes no more requests, stops what runs, and ends; what was stopped goes
// on when it is asked for again.
import { service } from './app.mjs'

const app = await service({ database: process.env.DATABASE ?? 'service.db', key: process.env.SERVICE_KEY, logger: true })
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void app.close())
await app.listen({ host: process.env.HOST ?? '127.0.0.1', port: Number(process.env.PORT ?? 8080) })
