// How decisions came about, and the loop with the step that runs now.

import { useState } from 'preact/hooks'

import type { Order } from './ask'
import { Blocks } from './blocks'
import type { LoopStep, Trail } from './messages'
import { state } from './store'

type Send = (order: Order) => void

// What is inside is drawn once it is opened: a run has many decisions.
function TrailView({ trail, send }: { trail: Trail; send: Send | null }) {
  const t = state.texts
  const [isOpen, open] = useState(false)
  return (
    <details class="card trail" onToggle={(event) => open(event.currentTarget.open)}>
      <summary>{trail.title}</summary>
      {isOpen && <Blocks blocks={trail.blocks} name={trail.title} />}
      {isOpen && send && trail.undo.map((step) => (
        <div key={step.entry} class="row">
          <button
            type="button"
            class="order plain undo"
            onClick={() => send({ kind: 'undo', about: [trail.title, step.text], body: { entry: step.entry } })}
          >
            {`${t['undo']}: ${step.text}`}
          </button>
        </div>
      ))}
    </details>
  )
}

export function TrailsView({ trails, send }: { trails: Trail[]; send: Send | null }) {
  const t = state.texts
  return (
    <section id="trails" aria-labelledby="trails-title">
      <h3 id="trails-title">{t['why']}</h3>
      {trails.length === 0 && <p class="soft">{t['no-trail']}</p>}
      {trails.map((trail, place) => <TrailView key={`${place} ${trail.title}`} trail={trail} send={send} />)}
    </section>
  )
}

// The step of the drawing that an event is about: days, reviews and answers stand for all of theirs.
function drawn(step: string): string {
  if (step.startsWith('day-')) return 'days'
  return step.replace(/^(analyst|answers)-\d+$/, '$1')
}

// What events say of the steps of a run beyond what its store says.
function told(run: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const row of state.rows.values()) {
    if (row.run === run && row.step && ['started', 'retried', 'failed'].includes(row.state)) {
      found.set(drawn(row.step), row.state === 'failed' ? 'failed' : 'running')
    }
  }
  return found
}

// How far a step is from the first one; a step that waits for itself ends the count.
function depth(step: LoopStep, all: Map<string, LoopStep>, left: number): number {
  if (left === 0) return 0
  const before = step.after.flatMap((name) => all.get(name) ?? [])
  return before.length === 0 ? 0 : 1 + Math.max(...before.map((one) => depth(one, all, left - 1)))
}

export function LoopView({ steps, run }: { steps: LoopStep[]; run: string }) {
  const t = state.texts
  const all = new Map(steps.map((step) => [step.step, step]))
  const now = told(run)
  const columns: LoopStep[][] = []
  for (const step of steps) {
    const place = depth(step, all, Math.min(steps.length, 12))
    columns[place] = [...(columns[place] ?? []), step]
  }
  return (
    <section aria-labelledby="loop-title">
      <h3 id="loop-title">{t['loop']}</h3>
      <ol id="loop">
        {columns.filter(Boolean).map((column) => (
          <li>
            {column.map((step) => {
              const state = step.state === 'done' ? 'done' : (now.get(step.step) ?? step.state)
              const text = state === step.state ? step.state_text : t[`loop-${state}`]
              return (
                <div class={`node ${state}`} data-step={step.step} aria-current={state === 'running' ? 'step' : undefined}>
                  <p>{step.label}</p>
                  <p class="soft">{text}</p>
                </div>
              )
            })}
          </li>
        ))}
      </ol>
    </section>
  )
}
