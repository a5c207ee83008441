#!/usr/bin/env node
'use strict'
process.exitCode = require('./native.js').runCli(['adbrain', ...process.argv.slice(2)])
