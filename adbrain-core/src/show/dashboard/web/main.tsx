// The page: what waits for a person, the kill switch, then one run. All content is set as text, never as markup.

import { render } from 'preact'
import { useState } from 'preact/hooks'

import 'uplot/dist/uPlot.min.css'
import './page.css'
import './brief.css'
import { AlertsView } from './alerts'
import { Ask, type Order } from './ask'
import { Blocks } from './blocks'
import { BriefView } from './brief'
import { ChartsView } from './chart'
import type { Alerts, Cap, Charts, Control, Head, LoopStep, Plan, Section, Trail, Waits } from './messages'
import { connect, onChange, partKey, state } from './store'
import { LoopView, TrailsView } from './trail'

type Send = (order: Order) => void

function part<T>(run: string | null, name: string): T | undefined {
  return state.parts.get(partKey(run, name)) as T | undefined
}

const canDecide = (): boolean => state.role === 'operator' && part<Control>(null, 'control')?.can_decide === true

// A plan, or a single proposal: its fields, approved or refused by its hash.
function PlanView({ plan, kind, send }: { plan: Plan; kind: 'plan' | 'change'; send: Send }) {
  const t = state.texts
  const body = { plan_hash: plan.hash, run: plan.run }
  const about = [plan.name, `${t['run']}: ${plan.run}`, plan.about]
  const ask = (order: 'approve' | 'refuse'): void =>
    send({ kind: order, about, body, ...(kind === 'change' && { ask: `${order}-change` }) })
  return (
    <article class={`card ${kind}`}>
      <h3>{kind === 'plan' ? `${plan.name} (${plan.basis})` : `${t['proposals']}: ${plan.name} (${plan.basis})`}</h3>
      <p class="soft">{`${t['run']}: ${plan.run}`}</p>
      <p>{plan.about}</p>
      {canDecide() && (
        <div class="row">
          <button type="button" class="order approve" onClick={() => ask('approve')}>{t['approve']}</button>
          <button type="button" class="order refuse plain" onClick={() => ask('refuse')}>{t['refuse']}</button>
        </div>
      )}
      <Blocks blocks={plan.blocks} name={plan.name} />
    </article>
  )
}

function WaitsView({ send }: { send: Send }) {
  const t = state.texts
  const waits = part<Waits>(null, 'waits') ?? { plans: [], proposals: [], others: [] }
  return (
    <section id="waits" tabIndex={-1} aria-labelledby="waits-title">
      <h2 id="waits-title">{t['waits']}</h2>
      {waits.plans.length + waits.proposals.length + waits.others.length === 0 && <p id="nothing-waits">{t['nothing-waits']}</p>}
      {waits.plans.map((plan) => <PlanView key={plan.run} plan={plan} kind="plan" send={send} />)}
      {waits.proposals.map((plan) => <PlanView key={`${plan.run} ${plan.hash}`} plan={plan} kind="change" send={send} />)}
      {waits.others.map((other) => (
        <article key={other.run} class="card other">
          <h3>{`${t['others']}: ${other.name} (${other.run})`}</h3>
          <Blocks blocks={other.blocks} name={t['others'] ?? ''} />
        </article>
      ))}
    </section>
  )
}

function SwitchView({ send }: { send: Send }) {
  const t = state.texts
  const control = part<Control>(null, 'control')
  if (!control) return null
  const order = (kind: 'stop' | 'resume'): Order => ({ kind, about: [], body: {} })
  return (
    <section class="card" id="switch" aria-labelledby="switch-title">
      <h2 id="switch-title">{t['control']}</h2>
      <p class={control.is_on ? 'problem' : ''} id="switch-state">{control.text}</p>
      {canDecide() && <p class="soft">{`${t['mode']}: ${control.mode}`}</p>}
      {canDecide() && (
        <div class="row">
          {control.is_on !== true && <button type="button" class="order danger" id="stop" onClick={() => send(order('stop'))}>{t['stop']}</button>}
          {control.is_on !== false && <button type="button" class="order" id="resume" onClick={() => send(order('resume'))}>{t['resume']}</button>}
        </div>
      )}
    </section>
  )
}

function CapView({ cap }: { cap: Cap }) {
  const width = `${Math.min(cap.worst_share, 1) * 100}%`
  return (
    <div class="cap">
      <p>{`${cap.label}: ${cap.text}`}</p>
      <div class="bar" aria-hidden="true">
        <div class={cap.worst_share > 1 ? 'worst over' : 'worst'} style={{ width }} />
        {cap.planned_share !== null && <div class="planned" style={{ left: `${Math.min(cap.planned_share, 1) * 100}%` }} />}
      </div>
    </div>
  )
}

function sectionsOf(run: string): [string, Section][] {
  const own = [...state.parts.entries()].flatMap(([key, value]): [string, Section][] => {
    const [owner, name] = JSON.parse(key) as [string | null, string]
    return owner === run && name.startsWith('section-') ? [[name, value as Section]] : []
  })
  return own.sort(([, one], [, other]) => one.order - other.order)
}

function RunView({ head, send }: { head: Head; send: Send | null }) {
  const t = state.texts
  const caps = part<Cap[]>(head.run, 'caps') ?? []
  const charts = part<Charts>(head.run, 'charts')
  const alerts = part<Alerts>(head.run, 'alerts')
  const steps = part<LoopStep[]>(head.run, 'loop')
  const trails = part<Trail[]>(head.run, 'trail')
  return (
    <div id="run">
      <h2 id="result-title">{`${head.name} (${head.basis})`}</h2>
      <section class="card" aria-labelledby="caps-title">
        <h3 id="caps-title">{t['caps']}</h3>
        {caps.map((cap) => <CapView cap={cap} />)}
      </section>
      {steps && <LoopView steps={steps} run={head.run} />}
      {alerts && <AlertsView alerts={alerts} run={head.run} send={send} />}
      {sectionsOf(head.run).map(([name, section]) => (
        <div key={name}>
          <section id={name}>
            <h3>{section.title}</h3>
            <Blocks blocks={section.blocks} name={section.title} />
          </section>
          {name === 'section-figures' && charts && <ChartsView charts={charts} />}
        </div>
      ))}
      {trails && <TrailsView trails={trails} send={send} />}
    </div>
  )
}

function heads(): Head[] {
  const own = [...state.parts.entries()].filter(([key]) => (JSON.parse(key) as string[])[1] === 'head')
  return own.map(([, value]) => value as Head).sort((one, other) => other.place - one.place)
}

function RunsView({ send }: { send: Send }) {
  const t = state.texts
  const [chosen, choose] = useState<string | null>(null)
  const all = heads()
  const head = all.find((one) => one.run === chosen) ?? all[0]
  if (!head) return <p>{t['no-run']}</p>
  return (
    <>
      {all.length > 1 && (
        <label class="row">
          {t['run']}
          <select id="runs" value={head.run} onChange={(event) => choose(event.currentTarget.value)}>
            {all.map((one) => <option key={one.run} value={one.run}>{`${one.waits ? '● ' : ''}${one.name} – ${one.run}`}</option>)}
          </select>
        </label>
      )}
      <RunView key={head.run} head={head} send={canDecide() ? send : null} />
    </>
  )
}

function StepsView() {
  const t = state.texts
  return (
    <section aria-labelledby="steps-title">
      <h2 id="steps-title">{t['steps']}</h2>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="steps-title">
        <table>
          <thead>
            <tr>{['run', 'step', 'state', 'time', 'detail'].map((name) => <th scope="col">{t[name]}</th>)}</tr>
          </thead>
          <tbody id="steps">
            {[...state.rows.entries()].map(([key, row]) => (
              <tr key={key}>
                <td>{row.run}</td>
                <td>{row.step ?? ''}</td>
                <td class={row.state}>{row.label}</td>
                <td>{row.at}</td>
                <td>{row.detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function status(): string {
  const t = state.texts
  if (state.isConnected) return t['connected'] ?? ''
  if (state.refusal !== '') return state.refusal
  // Before the server has said anything there are no texts in its language.
  return t['disconnected'] ?? 'Not connected: open the page with the address that the command prints'
}

function Page() {
  const t = state.texts
  const [order, send] = useState<Order | null>(null)
  const problem = part<string>(null, 'problem')
  const skip = (event: MouseEvent): void => {
    event.preventDefault()
    document.getElementById('waits')?.focus()
  }
  return (
    <>
      <header>
        {state.isKnown && <a class="skip" href="#waits" onClick={skip}>{t['skip']}</a>}
        <h1 id="title">{t['title'] ?? 'adbrain'}</h1>
        <p id="status" class="soft" role="status">{status()}</p>
      </header>
      <main>
        {problem && <p class="problem" role="alert">{problem}</p>}
        {state.isKnown && state.role === 'viewer' && <p id="viewer" class="soft">{t['viewer']}</p>}
        {state.isKnown && (
          <>
            <WaitsView send={send} />
            <SwitchView send={send} />
            <RunsView send={send} />
            {canDecide() && <BriefView />}
            <StepsView />
          </>
        )}
      </main>
      {order && <Ask order={order} onClose={() => send(null)} />}
    </>
  )
}

const root = document.getElementById('page')
if (root) {
  const draw = (): void => render(<Page />, root)
  onChange(draw)
  draw()
  connect()
}
