// Pieces of reports: sentences, tiles, tables.

import { saveCsv, saveTable } from './export'
import type { Block, Table, Tile } from './messages'
import { state } from './store'

function TileView({ tile }: { tile: Tile }) {
  const verdict = tile.is_met === null ? '' : tile.is_met ? 'met' : 'not-met'
  return (
    <div class="tile">
      <p>{tile.label}</p>
      <p class={`value ${verdict}`}>{tile.value}</p>
      <p class="soft">{`${state.texts['target']}: ${tile.target}`}</p>
    </div>
  )
}

// A table as a file; `png` draws something else in the place of its picture.
function Exports({ table, name, png }: { table: Table; name: string; png: (() => void) | undefined }) {
  const t = state.texts
  const rows = (): string[][] => [table.columns, ...table.rows]
  return (
    <div class="row exports">
      <button type="button" class="plain csv" aria-label={`${t['csv']}: ${name}`} onClick={() => saveCsv(name, rows())}>{t['csv']}</button>
      <button type="button" class="plain png" aria-label={`${t['png']}: ${name}`} onClick={png ?? (() => saveTable(name, rows()))}>{t['png']}</button>
    </div>
  )
}

export function TableView({ table, name, png }: { table: Table; name: string; png?: () => void }) {
  const called = table.title ? `${name} – ${table.title}` : name
  return (
    <>
      <div class="scroll" tabIndex={0} role="group" aria-label={called}>
        <table>
          {table.title && <caption>{table.title}</caption>}
          <thead>
            <tr>{table.columns.map((head) => <th scope="col">{head}</th>)}</tr>
          </thead>
          <tbody>
            {table.rows.map((row) => <tr>{row.map((cell) => <td>{cell}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
      {table.rows.length > 0 && <Exports table={table} name={called} png={png} />}
    </>
  )
}

export function Blocks({ blocks, name }: { blocks: Block[]; name: string }) {
  return (
    <>
      {blocks.map((block) => {
        if ('note' in block) return <p>{block.note}</p>
        if ('tiles' in block) return <div class="tiles">{block.tiles.map((tile) => <TileView tile={tile} />)}</div>
        return <TableView table={block} name={name} />
      })}
    </>
  )
}
