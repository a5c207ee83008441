// Asks a person before an order is sent, sends it, and shows what came of it.

import { useEffect, useRef, useState } from 'preact/hooks'

import { Blocks } from './blocks'
import type { Answer, Failure } from './messages'
import { state, token } from './store'

// Orders that want a reason.
const REASONED: Order['kind'][] = ['refuse', 'stop', 'silence']
const NAME = 'adbrain-name'

export interface Order {
  kind: 'approve' | 'refuse' | 'stop' | 'resume' | 'undo' | 'acknowledge' | 'silence' | 'unsilence'
  // The text that asks, where it is not that of the kind.
  ask?: string
  // What is asked about, for the person who looks at it.
  about: string[]
  body: Record<string, unknown>
}

async function send(order: Order, body: Record<string, unknown>): Promise<Answer> {
  const response = await fetch(`/orders/${order.kind}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ ...order.body, ...body }),
  })
  const answer = (await response.json()) as Answer | { error: Failure }
  if ('error' in answer) throw answer.error
  return answer
}

function failure(error: unknown): Failure {
  if (error !== null && typeof error === 'object' && 'message' in error) {
    return { message: String(error.message), next: 'next' in error && error.next ? String(error.next) : null }
  }
  return { message: String(error), next: null }
}

// What the form of an order says, as the server takes it.
function filled(form: HTMLFormElement, { kind, body: given }: Order): Record<string, unknown> {
  const about = (given['match'] ?? {}) as Record<string, string>
  const data = new FormData(form)
  const text = (name: string): string => String(data.get(name) ?? '').trim()
  const body: Record<string, unknown> = { by: text('by') }
  if (REASONED.includes(kind)) body['reason'] = text('reason')
  if (kind === 'approve' || kind === 'silence') body['hours'] = Number(text('hours'))
  if (kind === 'silence' && text('what') === 'rule') body['match'] = { rule: about['rule'] }
  if (kind === 'stop') body['pause'] = data.get('pause') === null ? 'none' : 'all'
  return body
}

function Fields({ kind }: { kind: Order['kind'] }) {
  const t = state.texts
  return (
    <>
      <label>
        {t['name']}
        <input name="by" required maxLength={200} autocomplete="name" defaultValue={sessionStorage.getItem(NAME) ?? ''} />
      </label>
      {REASONED.includes(kind) && <label>{t['reason']}<input name="reason" required maxLength={500} /></label>}
      {kind === 'approve' && (
        <label>{t['hours']}<input name="hours" type="number" min="1" max="8784" step="1" defaultValue="24" required /></label>
      )}
      {kind === 'silence' && (
        <>
          <label>{t['quiet-hours']}<input name="hours" type="number" min="0.25" max="2160" step="any" defaultValue="4" required /></label>
          <label>
            {t['quiet-what']}
            <select name="what">
              <option value="object">{t['quiet-object']}</option>
              <option value="rule">{t['quiet-rule']}</option>
            </select>
          </label>
        </>
      )}
      {kind === 'stop' && <label><input name="pause" type="checkbox" />{t['pause']}</label>}
    </>
  )
}

export function Ask({ order, onClose }: { order: Order; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [isSent, setSent] = useState(false)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [error, setError] = useState<Failure | null>(null)
  const t = state.texts
  useEffect(() => dialog.current?.showModal(), [])
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const body = filled(event.currentTarget as HTMLFormElement, order)
    sessionStorage.setItem(NAME, String(body['by']))
    setSent(true)
    setError(null)
    send(order, body)
      .then(setAnswer, (reason: unknown) => setError(failure(reason)))
      .finally(() => setSent(false))
  }
  const close = (): void => dialog.current?.close()
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="ask-title">
      <h2 id="ask-title">{t[`ask-${order.ask ?? order.kind}`]}</h2>
      {order.about.map((line) => <p>{line}</p>)}
      {!answer && (
        <form onSubmit={submit}>
          <Fields kind={order.kind} />
          <div class="row">
            <button type="submit" id="confirm" disabled={isSent}>{isSent ? t['working'] : t['confirm']}</button>
            <button type="button" class="plain" onClick={close}>{t['cancel']}</button>
          </div>
        </form>
      )}
      <div role="alert">
        {error && <p class="problem" id="order-error">{error.message}</p>}
        {error?.next && <p id="order-next">{`${t['next']}: ${error.next}`}</p>}
      </div>
      <div role="status">
        {answer && (
          <>
            <p id="order-done">{answer.text}</p>
            {answer.notes.map((note) => <p>{note}</p>)}
            <Blocks blocks={answer.blocks} name={answer.text} />
          </>
        )}
      </div>
      {answer && <div class="row"><button type="button" id="close" onClick={close}>{t['close']}</button></div>}
    </dialog>
  )
}
