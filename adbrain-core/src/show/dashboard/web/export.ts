// Tables and charts as files: CSV whose texts no spreadsheet runs, and PNG.

// Signs at the start of a text that make a spreadsheet take it for a formula; the same as in reports.
const FORMULA_SIGNS = ['=', '+', '-', '@', '\t', '\r']
const SAFE_NAME = /[^\p{L}\p{N}._-]+/gu
const LONGEST_NAME = 60
const FONT = '14px system-ui, sans-serif'
const ROW = 24
const PADDING = 12
// A picture of a table has so many rows at most, and so many signs in a cell.
const MOST_ROWS = 400
const MOST_SIGNS = 80
const WIDEST = 320

export function harmless(text: string): string {
  return FORMULA_SIGNS.some((sign) => text.startsWith(sign)) ? `'${text}` : text
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

export function csv(rows: string[][]): string {
  return rows.map((row) => `${row.map((cell) => quoted(harmless(cell))).join(',')}\r\n`).join('')
}

function save(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

function fileName(name: string, ending: string): string {
  return `${name.replaceAll(SAFE_NAME, '-').slice(0, LONGEST_NAME) || 'adbrain'}.${ending}`
}

export function saveCsv(name: string, rows: string[][]): void {
  save(fileName(name, 'csv'), new Blob([csv(rows)], { type: 'text/csv;charset=utf-8' }))
}

function savePng(name: string, canvas: HTMLCanvasElement): void {
  canvas.toBlob((blob) => blob && save(fileName(name, 'png'), blob), 'image/png')
}

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

// An empty picture in the colours of the page, with what draws on it.
function picture(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] | null {
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(width)
  canvas.height = Math.ceil(height)
  const pen = canvas.getContext('2d')
  if (!pen) return null
  pen.fillStyle = colour('--page')
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.fillStyle = colour('--ink')
  pen.font = FONT
  pen.textBaseline = 'middle'
  return [canvas, pen]
}

export interface Line {
  label: string
  stroke: string
}

// A drawn chart under its title, above the names of its lines.
export function saveChart(name: string, drawn: HTMLCanvasElement, lines: Line[]): void {
  const made = picture(drawn.width, drawn.height + ROW * (lines.length + 1) + PADDING)
  if (!made) return
  const [canvas, pen] = made
  pen.fillText(name, PADDING, ROW / 2)
  pen.drawImage(drawn, 0, ROW)
  lines.forEach(({ label, stroke }, place) => {
    const middle = ROW + drawn.height + ROW * place + ROW / 2
    pen.fillStyle = stroke
    pen.fillRect(PADDING, middle - 2, ROW, 4)
    pen.fillStyle = colour('--ink')
    pen.fillText(label, PADDING * 2 + ROW, middle)
  })
  savePng(name, canvas)
}

export function saveTable(name: string, rows: string[][]): void {
  const shown = rows.slice(0, MOST_ROWS + 1).map((row) => row.map((cell) => cell.slice(0, MOST_SIGNS)))
  const measure = picture(1, 1)?.[1]
  if (!measure) return
  const columns = Math.max(...shown.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) => {
    const all = shown.map((row) => measure.measureText(row[column] ?? '').width)
    return Math.min(Math.max(...all), WIDEST) + PADDING * 2
  })
  const made = picture(widths.reduce((sum, width) => sum + width, 0), ROW * (shown.length + 1))
  if (!made) return
  const [canvas, pen] = made
  pen.fillText(name, PADDING, ROW / 2)
  shown.forEach((row, place) => {
    let left = PADDING
    row.forEach((cell, column) => {
      pen.fillText(cell, left, ROW * (place + 1) + ROW / 2, WIDEST)
      left += widths[column] ?? 0
    })
  })
  savePng(name, canvas)
}
