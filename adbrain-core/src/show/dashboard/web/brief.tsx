// A brief, written in fields or as JSON, checked and planned by the server. The text is what counts: fields show it and write into it, so
// that nothing is lost where something in it is wrong.

import { useEffect, useRef, useState } from 'preact/hooks'

import { FieldView, type Form } from './fields'
import { Blocks } from './blocks'
import type { Block, Failure } from './messages'
import { token } from './store'

const KEY = 'adbrain-brief'
const START = {
  brand: '',
  industry: '',
  objective: 'sales',
  markets: [],
  flight: { start: '', end: '' },
  budget: { amount: '', currency: '' },
  platforms: [],
  formats: [],
  product: { name: '', url: '', benefits: [] },
}
// The fields that are asked for one by one, in this order; everything else is written as JSON.
const PATHS = [
  'name', 'brand', 'industry', 'objective', 'markets', 'language', 'flight.start', 'flight.end', 'flight.time_zone', 'budget.amount',
  'budget.currency', 'platforms', 'formats', 'product.name', 'product.url', 'product.benefits', 'product.offers', 'product.tone',
  'targets.min_ctr', 'targets.min_roas', 'declarations.special_categories', 'declarations.is_political', 'declarations.payer',
  'declarations.beneficiary',
]

type Wrong = Failure & { field?: string | null }

interface Done {
  text: string
  notes: string[]
  sections: { title: string; blocks: Block[] }[]
}

async function asked<T>(path: string, body?: string): Promise<T> {
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const response = await fetch(`/brief/${path}`, body === undefined ? { headers } : { method: 'POST', headers, body })
  const answer = (await response.json()) as T & { error?: Wrong }
  if (answer.error) throw answer.error
  return answer
}

function wrong(reason: unknown): Wrong {
  if (reason !== null && typeof reason === 'object' && 'message' in reason) return reason as Wrong
  return { message: String(reason), next: null }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

// Where an error is shown: the field itself, one within it, or the one that is missing there.
function placeOf(error: Wrong | null): string | null {
  if (!error) return null
  const missing = /missing field `(\w+)`/.exec(error.message)?.[1]
  const field = error.field && error.field !== 'brief' ? error.field : null
  const named = missing ? (field ? `${field}.${missing}` : missing) : field
  if (!named) return null
  const own = named.replace(/\[\d+\].*$/, '')
  return PATHS.find((path) => path === own || path.startsWith(`${own}.`) || own.startsWith(`${path}.`)) ?? null
}

function Answer({ done }: { done: Done }) {
  return (
    <>
      <p id="brief-done">{done.text}</p>
      {done.notes.map((note) => <p class="soft">{note}</p>)}
      {done.sections.map((section) => (
        <>
          <h3>{section.title}</h3>
          <Blocks blocks={section.blocks} name={section.title} />
        </>
      ))}
    </>
  )
}

function Writer({ form }: { form: Form }) {
  const t = form.texts
  const [text, setText] = useState(() => sessionStorage.getItem(KEY) ?? JSON.stringify(START, null, 2))
  const [act, setAct] = useState<'check' | 'plan' | null>(null)
  const [done, setDone] = useState<Done | null>(null)
  const [error, setError] = useState<Wrong | null>(null)
  const own = useRef<HTMLFormElement>(null)
  const brief = parsed(text)
  const place = placeOf(error)
  const write = (value: string): void => {
    sessionStorage.setItem(KEY, value)
    setText(value)
  }
  useEffect(() => {
    if (!error) return
    const element = own.current?.querySelector<HTMLElement>('[aria-invalid=true]') ?? own.current?.querySelector<HTMLElement>('#brief-json')
    element?.focus()
  }, [error])
  const send = (next: 'check' | 'plan'): void => {
    if (act !== null) return
    setAct(next)
    setError(null)
    setDone(null)
    asked<Done>(next, text)
      .then(setDone, (reason: unknown) => setError(wrong(reason)))
      .finally(() => setAct(null))
  }
  const open = async (event: Event): Promise<void> => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0]
    if (file) write(await file.text())
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    send((event.submitter as HTMLButtonElement | null)?.value === 'plan' ? 'plan' : 'check')
  }
  const label = place ? `${t[place.replace(/[._]/g, '-')]} (${place})` : t['json']
  return (
    <form ref={own} onSubmit={submit} noValidate>
      {brief === null && <p class="problem">{t['broken']}</p>}
      {brief !== null && (
        <div class="fields">
          {PATHS.map((path) => (
            <FieldView
              key={path} form={form} path={path} brief={brief} isWrong={path === place}
              write={(value) => write(JSON.stringify(value, null, 2))}
            />
          ))}
        </div>
      )}
      <label>{t['open-file']}<input type="file" accept=".json,application/json" onChange={(event) => void open(event)} /></label>
      <label>
        {t['json']}
        <textarea
          id="brief-json" rows={12} spellcheck={false} value={text} aria-invalid={error !== null && place === null}
          aria-describedby="brief-wrong" onInput={(event) => write(event.currentTarget.value)}
        />
      </label>
      <div class="row">
        <button type="submit" value="check" id="brief-check" class="plain" aria-disabled={act !== null}>{act === 'check' ? t['working'] : t['check']}</button>
        <button type="submit" value="plan" id="brief-plan" aria-disabled={act !== null}>{act === 'plan' ? t['working'] : t['plan']}</button>
      </div>
      <div role="alert" id="brief-wrong">
        {error && <p class="problem" id="brief-error">{`${t['where']}: ${label}. ${error.message}`}</p>}
        {error?.next && <p id="brief-next">{error.next}</p>}
      </div>
      <div role="status">{done && <Answer done={done} />}</div>
    </form>
  )
}

export function BriefView() {
  const [form, setForm] = useState<Form | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    asked<Form>('form').then(setForm, (reason: unknown) => setProblem(wrong(reason).message))
  }, [])
  if (problem !== null) return <p class="problem">{problem}</p>
  if (form === null) return null
  return (
    <section id="brief" class="card" aria-labelledby="brief-title">
      <h2 id="brief-title">{form.texts['title']}</h2>
      <p class="soft">{form.texts['about']}</p>
      <details>
        <summary>{form.texts['form']}</summary>
        <Writer form={form} />
      </details>
    </section>
  )
}
