'use strict'
// The name of the compiled engine; the build writes it and the loader reads it.

const ABI = { linux: '-gnu', win32: '-msvc' }

exports.fileOf = (platform, arch) => `adbrain.${platform}-${arch}${ABI[platform] ?? ''}.node`
