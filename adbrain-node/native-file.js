'use strict'
// The names of the compiled engine for each platform; the build writes the file, and the loader reads it.

/** The platforms that have a package of their own, as npm names what they run on. */
const TARGETS = {
  'linux-x64-gnu': { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
  'linux-arm64-gnu': { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
  'linux-x64-musl': { os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  'linux-arm64-musl': { os: ['linux'], cpu: ['arm64'], libc: ['musl'] },
  'darwin-x64': { os: ['darwin'], cpu: ['x64'] },
  'darwin-arm64': { os: ['darwin'], cpu: ['arm64'] },
  'win32-x64-msvc': { os: ['win32'], cpu: ['x64'] },
}

// The report of the process names the C library where it is glibc; without the network's part it takes a millisecond.
function isMusl() {
  process.report.excludeNetwork = true
  return !process.report.getReport().header.glibcVersionRuntime
}

/** The name of this platform: `linux-x64-gnu`. */
function targetOf(platform = process.platform, arch = process.arch) {
  const abi = { linux: () => (isMusl() ? '-musl' : '-gnu'), win32: () => '-msvc' }[platform]?.() ?? ''
  return `${platform}-${arch}${abi}`
}

const fileOf = (target) => `adbrain.${target}.node`
const packageOf = (target) => `@adbrain/${target}`

module.exports = { TARGETS, fileOf, packageOf, targetOf }
