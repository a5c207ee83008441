// Alerts: what is open, who has taken note, what is kept quiet until when, what was told and how it went on.

import type { Order } from './ask'
import type { Alert, Alerts } from './messages'
import { state } from './store'

type Send = (order: Order) => void

function Actions({ alert, run, send }: { alert: Alert; run: string; send: Send }) {
  const t = state.texts
  const about = [alert.title, alert.text]
  return (
    <div class="row">
      {alert.letter && (
        <button type="button" class="order acknowledge" onClick={() => send({ kind: 'acknowledge', about, body: { letter: alert.letter } })}>
          {t['acknowledge']}
        </button>
      )}
      {!alert.quiet && (
        <button type="button" class="order plain silence" onClick={() => send({ kind: 'silence', about, body: { run, match: alert.match } })}>
          {t['silence']}
        </button>
      )}
    </div>
  )
}

function AlertView({ alert, run, send }: { alert: Alert; run: string; send: Send | null }) {
  return (
    <article class={`card alert ${alert.severity}`}>
      <h5>{alert.title}</h5>
      <p>{alert.text}</p>
      {alert.advice && <p>{alert.advice}</p>}
      <p class="soft">{alert.when}</p>
      {alert.noted && <p class="noted">{alert.noted}</p>}
      {alert.quiet && <p class="quiet">{alert.quiet}</p>}
      {send && <Actions alert={alert} run={run} send={send} />}
    </article>
  )
}

function Silences({ all, send }: { all: Alerts['silences']; send: Send | null }) {
  const t = state.texts
  const holding = all.filter((one) => one.holds)
  return (
    <section id="silences" aria-labelledby="silences-title">
      <h4 id="silences-title">{t['silences']}</h4>
      {holding.length === 0 && <p class="soft">{t['silences-none']}</p>}
      {holding.map((one) => (
        <div key={one.id} class="row silenced">
          <p>{one.text}</p>
          {send && (
            <button type="button" class="order plain unsilence" onClick={() => send({ kind: 'unsilence', about: [one.text], body: { id: one.id } })}>
              {t['unsilence']}
            </button>
          )}
        </div>
      ))}
    </section>
  )
}

function Told({ letters, send }: { letters: Alerts['letters']; send: Send | null }) {
  const t = state.texts
  return (
    <details id="told">
      <summary>{`${t['told']}: ${letters.length}`}</summary>
      {letters.length === 0 && <p class="soft">{t['told-none']}</p>}
      {letters.map((letter) => (
        <article key={letter.id} class="card letter">
          <h4>{letter.title}</h4>
          {letter.lines.map((line) => <p>{line}</p>)}
          {letter.ways.map((way) => <p class="soft">{way}</p>)}
          {letter.noted && <p class="noted">{letter.noted}</p>}
          {send && !letter.noted && (
            <button type="button" class="order plain" onClick={() => send({ kind: 'acknowledge', about: [letter.title], body: { letter: letter.id } })}>
              {t['acknowledge']}
            </button>
          )}
        </article>
      ))}
    </details>
  )
}

export function AlertsView({ alerts, run, send }: { alerts: Alerts; run: string; send: Send | null }) {
  const t = state.texts
  return (
    <section id="alerts" aria-labelledby="alerts-title">
      <h3 id="alerts-title">{t['alerts']}</h3>
      <h4>{t['alerts-open']}</h4>
      {alerts.open.length === 0 && <p class="soft">{t['alerts-none']}</p>}
      {alerts.open.map((alert) => <AlertView key={alert.key} alert={alert} run={run} send={send} />)}
      <Silences all={alerts.silences} send={send} />
      <Told letters={alerts.letters} send={send} />
      <details id="alerts-over">
        <summary>{`${t['alerts-over']}: ${alerts.over.length}`}</summary>
        {alerts.over.map((alert) => <AlertView key={alert.key} alert={alert} run={run} send={null} />)}
      </details>
    </section>
  )
}
