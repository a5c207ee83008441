// Spend and revenue by day. The same figures stand in a table below for who cannot see the picture.

import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'

import { TableView } from './blocks'
import type { Daily } from './messages'
import { state } from './store'

const HEIGHT = 220

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function seconds(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000
}

function options(daily: Daily, width: number): uPlot.Options {
  const day = new Intl.DateTimeFormat(state.language, { day: '2-digit', month: 'short', timeZone: 'UTC' })
  const amount = new Intl.NumberFormat(state.language, { notation: 'compact' })
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 } }
  const at = (index: number | null, text: (day: Daily['days'][number]) => string): string => {
    const found = index === null ? undefined : daily.days[index]
    return found ? text(found) : '–'
  }
  return {
    width,
    height: HEIGHT,
    tzDate: (moment) => uPlot.tzDate(new Date(moment * 1000), 'Etc/UTC'),
    axes: [
      { ...axis, values: (_, moments) => moments.map((moment) => day.format(new Date(moment * 1000))) },
      { ...axis, size: 60, values: (_, amounts) => amounts.map((value) => amount.format(value)) },
    ],
    series: [
      { label: daily.day, value: (_, __, ___, index) => at(index, (one) => day.format(new Date(one.day))) },
      { label: daily.spend, stroke: colour('--spend'), width: 2, value: (_, __, ___, index) => at(index, (one) => one.spend_text) },
      {
        label: daily.revenue,
        stroke: colour('--revenue'),
        width: 2,
        dash: [6, 4],
        value: (_, __, ___, index) => at(index, (one) => one.revenue_text),
      },
    ],
  }
}

export function Chart({ daily }: { daily: Daily }) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = JSON.stringify(daily)
  useEffect(() => {
    const folder = place.current
    if (!folder) return undefined
    const data: uPlot.AlignedData = [
      daily.days.map((one) => seconds(one.day)),
      daily.days.map((one) => one.spend),
      daily.days.map((one) => one.revenue),
    ]
    let plot: uPlot | undefined
    const draw = (): void => {
      plot?.destroy()
      plot = new uPlot(options(daily, folder.clientWidth), data, folder)
    }
    draw()
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const sized = new ResizeObserver(() => plot?.setSize({ width: folder.clientWidth, height: HEIGHT }))
    sized.observe(folder)
    dark.addEventListener('change', draw)
    return () => {
      sized.disconnect()
      dark.removeEventListener('change', draw)
      plot?.destroy()
    }
  }, [drawn, state.language])
  const rows = daily.days.map((one) => [one.day, one.spend_text, one.revenue_text])
  return (
    <section class="chart">
      <h3>{daily.title}</h3>
      <div ref={place} aria-hidden="true" />
      <details>
        <summary>{`${daily.day}: ${daily.days.length}`}</summary>
        <TableView table={{ columns: [daily.day, daily.spend, daily.revenue], rows }} name={daily.title} />
      </details>
    </section>
  )
}
