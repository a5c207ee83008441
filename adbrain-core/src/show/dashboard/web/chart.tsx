// The charts of a run, by day. Range, zoom and the line at the pointer are one for all of them. The same figures stand in a table below each for
// who cannot see the picture.

import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'

import { TableView } from './blocks'
import { colour, saveChart } from './export'
import type { Chart, Charts, Series } from './messages'
import { isShown, onRange, range, seconds, setRange } from './range'
import { state } from './store'

const HEIGHT = 220
const TOGETHER = 'adbrain'
const DAY = 86_400
// How each kind of line is drawn; kinds differ in their dashes too, not in colour alone.
const STYLES: Record<string, { stroke: string; width: number; dash?: number[] }> = {
  actual: { stroke: '--act', width: 2 },
  planned: { stroke: '--soft', width: 2, dash: [2, 4] },
  cap: { stroke: '--bad', width: 2 },
  worst: { stroke: '--bad', width: 2, dash: [8, 6] },
  target: { stroke: '--good', width: 2, dash: [10, 4, 2, 4] },
  forecast: { stroke: '--spend', width: 2, dash: [6, 4] },
  low: { stroke: '--spend', width: 1, dash: [1, 3] },
  high: { stroke: '--spend', width: 1, dash: [1, 3] },
}

const styleOf = (series: Series) => STYLES[series.kind] ?? { stroke: '--soft', width: 1 }

function seriesOf(series: Series): uPlot.Series {
  const { stroke, width, dash } = styleOf(series)
  const value = (_: uPlot, __: number, ___: number, index: number | null): string =>
    index === null ? '–' : (series.texts[index] ?? '–')
  return { label: series.label, stroke: colour(stroke), width, ...(dash && { dash }), value }
}

function bandsOf(chart: Chart): uPlot.Band[] {
  const place = (kind: string): number => chart.series.findIndex((one) => one.kind === kind) + 1
  const [low, high] = [place('low'), place('high')]
  return low > 0 && high > 0 ? [{ series: [high, low], fill: colour('--band') }] : []
}

// Takes over a range that somebody has zoomed to; everything is no range at all.
function zoomed(plot: uPlot, days: string[]): void {
  const { min, max } = plot.scales['x'] ?? {}
  if (days.length < 2 || typeof min !== 'number' || typeof max !== 'number') return
  const isAll = min <= seconds(days[0] as string) && max >= seconds(days.at(-1) as string)
  setRange(isAll ? null : [min, max])
}

function show(plot: uPlot, days: string[]): void {
  if (days.length < 2) return
  const [min, max] = range() ?? [seconds(days[0] as string), seconds(days.at(-1) as string)]
  const known = plot.scales['x']
  if (known?.min !== min || known.max !== max) plot.setScale('x', { min, max })
}

// The pointer is shown in all charts; what is dragged in one reaches the others as the range.
const isPointer = (kind: string): boolean => kind === 'mousemove' || kind === 'mouseleave'

function options(chart: Chart, charts: Charts, width: number): uPlot.Options {
  const day = new Intl.DateTimeFormat(state.language, { day: '2-digit', month: 'short', timeZone: 'UTC' })
  const amount = new Intl.NumberFormat(state.language, { notation: 'compact', maximumSignificantDigits: 3 })
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 } }
  return {
    width,
    height: HEIGHT,
    tzDate: (moment) => uPlot.tzDate(new Date(moment * 1000), 'Etc/UTC'),
    cursor: { sync: { key: TOGETHER, filters: { pub: isPointer, sub: isPointer } }, drag: { x: true, y: false } },
    bands: bandsOf(chart),
    hooks: { setScale: [(plot, scale) => scale === 'x' && zoomed(plot, charts.days)] },
    axes: [
      { ...axis, incrs: [1, 2, 7, 14, 28, 91].map((days) => days * DAY), values: (_, moments) => moments.map((moment) => day.format(new Date(moment * 1000))) },
      { ...axis, size: 60, values: (_, amounts) => amounts.map((value) => amount.format(value)) },
    ],
    series: [
      { label: charts.day, value: (_, __, ___, index) => (index === null ? '–' : (charts.day_texts[index] ?? '–')) },
      ...chart.series.map(seriesOf),
    ],
  }
}

function ChartView({ chart, charts, of }: { chart: Chart; charts: Charts; of: string }) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<uPlot | null>(null)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const content = JSON.stringify([chart, charts.days])
  useEffect(() => {
    const folder = place.current
    if (!folder) return undefined
    const data = [charts.days.map(seconds), ...chart.series.map((one) => one.values)] as uPlot.AlignedData
    const draw = (): void => {
      drawn.current?.destroy()
      drawn.current = new uPlot(options(chart, charts, folder.clientWidth), data, folder)
      show(drawn.current, charts.days)
    }
    draw()
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const sized = new ResizeObserver(() => drawn.current?.setSize({ width: folder.clientWidth, height: HEIGHT }))
    sized.observe(folder)
    dark.addEventListener('change', draw)
    const deaf = onRange(() => {
      if (drawn.current) show(drawn.current, charts.days)
      redraw(0)
    })
    return () => {
      deaf()
      sized.disconnect()
      dark.removeEventListener('change', draw)
      drawn.current?.destroy()
      drawn.current = null
    }
  }, [content, state.language])
  const name = `${chart.title} – ${of}`
  const rows = charts.days.flatMap((one, index) =>
    isShown(one) ? [[charts.day_texts[index] ?? one, ...chart.series.map((series) => series.texts[index] ?? '–')]] : [],
  )
  const lines = chart.series.map((one) => ({ label: one.label, stroke: colour(styleOf(one).stroke) }))
  const png = (): void => {
    if (drawn.current) saveChart(name, drawn.current.ctx.canvas, lines)
  }
  return (
    <section class="chart" data-chart={chart.name}>
      <h4>{chart.title}</h4>
      <div ref={place} aria-hidden="true" />
      <details>
        <summary>{`${chart.title}: ${rows.length}`}</summary>
        <TableView table={{ columns: [charts.day, ...chart.series.map((one) => one.label)], rows }} name={name} png={png} />
      </details>
    </section>
  )
}

// The days that are shown, for who does not zoom by hand.
function RangeView({ days }: { days: string[] }) {
  const t = state.texts
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => onRange(() => redraw(0)), [])
  const [first, last] = [days[0] ?? '', days.at(-1) ?? '']
  const day = (moment: number): string => new Date(moment * 1000).toISOString().slice(0, 10)
  const shown = range()
  const [from, until] = shown ? shown.map(day) : [first, last]
  const set = (from: string, until: string): void => {
    if (from && until && from < until) setRange(from <= first && until >= last ? null : [seconds(from), seconds(until)])
  }
  const newest = (count: number): void => set(days.at(-count) ?? first, last)
  return (
    <fieldset class="row">
      <legend>{t['range']}</legend>
      <button type="button" class="plain" onClick={() => setRange(null)}>{t['range-all']}</button>
      {days.length > 7 && <button type="button" class="plain" onClick={() => newest(7)}>{t['range-7']}</button>}
      {days.length > 14 && <button type="button" class="plain" onClick={() => newest(14)}>{t['range-14']}</button>}
      <label>{t['from']}<input id="range-from" type="date" min={first} max={last} value={from} onChange={(event) => set(event.currentTarget.value, until ?? last)} /></label>
      <label>{t['until']}<input id="range-until" type="date" min={first} max={last} value={until} onChange={(event) => set(from ?? first, event.currentTarget.value)} /></label>
    </fieldset>
  )
}

export function ChartsView({ charts }: { charts: Charts }) {
  const t = state.texts
  const [chosen, choose] = useState(0)
  const view = charts.views[chosen] ?? charts.views[0]
  if (!view) return null
  return (
    <section id="charts" aria-labelledby="charts-title">
      <h3 id="charts-title">{t['charts']}</h3>
      {charts.views.length > 1 && (
        <label class="row">
          {t['charts-of']}
          <select id="charts-of" value={String(chosen)} onChange={(event) => choose(Number(event.currentTarget.value))}>
            {charts.views.map((one, place) => <option key={place} value={String(place)}>{one.name}</option>)}
          </select>
        </label>
      )}
      <RangeView days={charts.days} />
      <p class="soft">{t['zoom']}</p>
      <p class="soft">{charts.note}</p>
      <div class="charts">
        {view.charts.map((chart) => <ChartView key={chart.name} chart={chart} charts={charts} of={view.name} />)}
      </div>
    </section>
  )
}
