#!/usr/bin/env node
'use strict'
// Node ends a process by handlers of its own, which those of the engine would call over and over. Without them the system ends what does not
// listen, and the engine what does.
for (const signal of ['SIGINT', 'SIGTERM']) {
  const listener = () => {}
  process.on(signal, listener)
  process.off(signal, listener)
}
process.exitCode = require('./native.js').runCli(['adbrain', ...process.argv.slice(2)])
