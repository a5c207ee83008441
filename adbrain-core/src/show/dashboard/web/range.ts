// The days that all charts show: one range, zoomed in one chart and followed by the others.

export type Range = [number, number] | null

let current: Range = null
const listeners = new Set<() => void>()

export const range = (): Range => current

export function setRange(next: Range): void {
  if (current?.[0] === next?.[0] && current?.[1] === next?.[1]) return
  current = next
  listeners.forEach((listener) => listener())
}

export function onRange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function seconds(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000
}

export function isShown(day: string): boolean {
  const at = seconds(day)
  // Half a day: what is zoomed to by hand begins and ends between days.
  return current === null || (at >= current[0] - 43_200 && at <= current[1] + 43_200)
}
