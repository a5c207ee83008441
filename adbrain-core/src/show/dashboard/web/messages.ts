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
  proposals: (Named & { blocks: Block[] })[]
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

export interface Day {
  day: string
  spend: number
  revenue: number
  spend_text: string
  revenue_text: string
}

export interface Daily {
  title: string
  day: string
  spend: string
  revenue: string
  days: Day[]
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
