// What the server sends. Every text is made readable there; here it is only ever set as text.

export interface Table {
  title?: string | null
  columns: string[]
  rows: string[][]
}

export interface Tile {
  label: string
  value: string
  target: string
  is_met: boolean | null
}

export type Block = { note: string } | { tiles: Tile[] } | Table

export interface Named {
  run: string
  name: string
  basis: string
}

export interface Plan extends Named {
  hash: string
  about: string
  blocks: Block[]
}

export interface Waits {
  plans: Plan[]
  // Single changes, and moves as a whole.
  proposals: Plan[]
  // Steps for which somebody has to look at the account.
  others: (Named & { blocks: Block[] })[]
}

export interface Control {
  is_on: boolean | null
  text: string
  mode: string
  can_decide: boolean
}

export interface Head extends Named {
  place: number
  waits: boolean
}

export interface Cap {
  label: string
  text: string
  worst_share: number
  planned_share: number | null
}

export interface Series {
  // `actual`, `planned`, `cap`, `worst`, `target`, `forecast`, `low`, `high`.
  kind: string
  label: string
  values: (number | null)[]
  texts: string[]
}

export interface Chart {
  name: string
  title: string
  series: Series[]
}

export interface Charts {
  day: string
  note: string
  days: string[]
  day_texts: string[]
  views: { name: string; charts: Chart[] }[]
}

export interface Alert {
  key: string
  severity: string
  title: string
  when: string
  text: string
  advice: string | null
  noted: string | null
  quiet: string | null
  letter: string | null
  match: Record<string, string>
}

export interface Alerts {
  open: Alert[]
  over: Alert[]
  silences: { id: string; text: string; holds: boolean }[]
  letters: { id: string; title: string; lines: string[]; ways: string[]; noted: string | null }[]
}

export interface Trail {
  title: string
  blocks: Block[]
  undo: { entry: string; text: string }[]
}

export interface LoopStep {
  step: string
  label: string
  state: string
  state_text: string
  after: string[]
}

export interface Section {
  title: string
  order: number
  blocks: Block[]
}

export interface Row {
  run: string
  step: string | null
  at: string
  state: string
  label: string
  detail: string
}

interface Change {
  number: number
  parts: { run: string | null; part: string; value: unknown }[]
  events: Row[]
}

export type Message =
  | { type: 'texts'; language: string; role: 'viewer' | 'operator'; texts: Record<string, string> }
  | ({ type: 'snapshot' } & Change)
  | ({ type: 'delta'; after: number } & Change)

export interface Answer {
  text: string
  notes: string[]
  blocks: Block[]
}

export interface Failure {
  message: string
  next: string | null
}
