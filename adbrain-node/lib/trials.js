'use strict'
// Policies of budgets and alert rules tried in simulated worlds.

const fs = require('node:fs')
const native = require('../native.js')
const { stoppable } = require('./cancel.js')
const { invalid, later, sync } = require('./errors.js')
const { readText } = require('./history.js')
const { checked, file, flag, list, part, seedRange, signal } = require('./options.js')
const { callable } = require('./user.js')

/** The names of the families of worlds that policies are tried in. */
const worlds = () => native.worlds()

/** What each policy does, by its name. */
const policies = () => sync(() => Object.fromEntries(JSON.parse(native.policies())))

// A family by its name, else the text of a file.
function sceneOf(world) {
  const place = file('world', world)
  const isName = typeof world === 'string' && (native.worlds().includes(world) || !fs.existsSync(world))
  return isName ? { family: world } : { toml: { text: readText('world', place), file: place } }
}

// What the scores of a policy go by: its own `name`, else that of its class.
function nameOf(policy) {
  if (typeof policy.name === 'string' && policy.name !== '') return policy.name
  const className = policy.constructor?.name
  return className && className !== 'Object' ? className : 'own'
}

// A preset by its name, else the text of a file.
function watching(given, at) {
  const place = file(`rules[${at}]`, given)
  if (typeof given === 'string' && !fs.existsSync(given)) return { preset: given }
  return { file: { text: readText(`rules[${at}]`, place), name: place } }
}

/** Tries policies in a world; one score for each seed and policy, in this order, or one summary for each policy. */
async function simulate(world, policies = [], options = {}) {
  const checks = { rules: list, seeds: seedRange, summary: flag, signal }
  const { rules = [], seeds = [1, 10], summary = false, signal: stop } = checked(options, checks)
  const trials = new native.NativeTrials()
  const entrants = list('policies', policies).map((policy, at) => {
    if (typeof policy === 'string') return { named: policy }
    const own = part(`policies[${at}]`, policy)
    if (typeof own.decide !== 'function') throw invalid(`policies[${at}]`, 'has no method decide', 'add it, or give the name of a policy')
    trials.add(callable('policy', own))
    return { own: nameOf(own) }
  })
  const request = JSON.stringify({ world: sceneOf(world), policies: entrants, rules: rules.map(watching), seeds, summary })
  return stoppable(stop, (cancel) => later(async () => JSON.parse(await trials.play(request, cancel))))
}

module.exports = { policies, simulate, worlds }
