'use strict'
// Loads the compiled engine that lies beside this file, named by platform and processor: `adbrain.linux-x64-gnu.node`.

const { fileOf } = require('./native-file.js')

const file = fileOf(process.platform, process.arch)
try {
  module.exports = require(`./${file}`)
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error
  throw new Error(`adbrain has no engine for ${process.platform} on ${process.arch}: ${file} is missing; build it with \`npm run build\``, { cause: error })
}
