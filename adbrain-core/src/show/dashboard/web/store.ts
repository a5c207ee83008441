// The state of the page, brought up to date over a WebSocket: a snapshot, then numbered deltas. A gap is answered with everything anew.

import type { Message, Row } from './messages'

const FIRST_WAIT = 500
const LONGEST_WAIT = 10_000
// Rows of steps that are kept; the oldest go first.
const ROWS = 4096
const KEY = 'adbrain-token'
// The code with which the server says that all places are taken (RFC 6455, registry of close codes).
const FULL = 1013

export interface State {
  texts: Record<string, string>
  language: string
  role: 'viewer' | 'operator'
  isConnected: boolean
  isKnown: boolean
  // Why the server takes nobody now, in its own words.
  refusal: string
  parts: Map<string, unknown>
  rows: Map<string, Row>
}

// The token comes in the fragment, which browsers never send; it is kept for this tab and taken out of the address.
function ownToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given === null) return sessionStorage.getItem(KEY) ?? ''
  sessionStorage.setItem(KEY, given)
  history.replaceState(null, '', location.pathname)
  return given
}

export const token = ownToken()

export const state: State = {
  texts: {},
  language: 'en',
  role: 'viewer',
  isConnected: false,
  isKnown: false,
  refusal: '',
  parts: new Map(),
  rows: new Map(),
}

let number = 0
let wait = FIRST_WAIT
let changed: () => void = () => undefined
let isDrawn = false

// Draws once however many messages have come since the last picture.
function draw(): void {
  if (isDrawn) return
  isDrawn = true
  requestAnimationFrame(() => {
    isDrawn = false
    changed()
  })
}

export const partKey = (run: string | null, part: string): string => JSON.stringify([run, part])

function addRow(row: Row): void {
  const key = JSON.stringify([row.run, row.step])
  const known = state.rows.get(key)
  // A note says something about a step and does not end it.
  const shown = row.state === 'note' && known ? { ...row, state: known.state, label: known.label } : row
  state.rows.set(key, row.state === 'note' && !known ? { ...row, label: '' } : shown)
  if (state.rows.size > ROWS) state.rows.delete(state.rows.keys().next().value as string)
}

function take(message: Message, resync: () => void): void {
  if (message.type === 'texts') {
    state.texts = message.texts
    state.language = message.language
    state.role = message.role
    state.isConnected = true
    state.isKnown = true
    document.documentElement.lang = message.language
    document.title = message.texts['title'] ?? document.title
    return
  }
  if (message.type === 'snapshot') {
    state.parts.clear()
    state.rows.clear()
  } else if (message.after !== number) {
    resync()
    return
  }
  number = message.number
  for (const { run, part, value } of message.parts) {
    if (value === null) state.parts.delete(partKey(run, part))
    else state.parts.set(partKey(run, part), value)
  }
  message.events.forEach(addRow)
}

export function connect(): void {
  const socket = new WebSocket(`ws://${location.host}/live`)
  let isAsked = false
  const resync = (): void => {
    if (!isAsked) socket.send('resync')
    isAsked = true
  }
  socket.onopen = () => socket.send(token)
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    wait = FIRST_WAIT
    const message = JSON.parse(data) as Message
    if (message.type === 'snapshot') isAsked = false
    take(message, resync)
    draw()
  }
  socket.onclose = ({ code, reason }) => {
    state.isConnected = false
    state.refusal = code === FULL ? reason : ''
    draw()
    setTimeout(connect, wait)
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }
}

export function onChange(listener: () => void): void {
  changed = listener
}
