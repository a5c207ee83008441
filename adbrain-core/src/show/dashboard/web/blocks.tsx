// Pieces of reports: sentences, tiles, tables.

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

export function TableView({ table, name }: { table: Table; name: string }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={table.title ?? name}>
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
