// One field of a form, as the JSON Schema of its value says: a text, a date, a number, a choice, several choices, lines.

export interface Schema {
  type?: string | string[]
  format?: string
  const?: string
  $ref?: string
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  $defs?: Record<string, Schema>
}

export interface Form {
  schema: Schema
  texts: Record<string, string>
}

type Values = Record<string, unknown>

function whole(root: Schema, schema: Schema | undefined): Schema {
  if (schema?.$ref) return whole(root, root.$defs?.[schema.$ref.replace('#/$defs/', '')])
  const some = schema?.anyOf?.find((one) => one.type !== 'null')
  return some ? whole(root, some) : (schema ?? {})
}

function at(root: Schema, path: string[]): { schema: Schema; isRequired: boolean; isOpen: boolean } {
  let schema = whole(root, root)
  let isRequired = true
  let raw: Schema = root
  for (const name of path) {
    isRequired = isRequired && (schema.required ?? []).includes(name)
    raw = schema.properties?.[name] ?? {}
    schema = whole(root, raw)
  }
  const types = ([] as string[]).concat(raw.type ?? [])
  return { schema, isRequired, isOpen: types.includes('null') }
}

function read(values: unknown, path: string[]): unknown {
  return path.reduce<unknown>((value, name) => (value !== null && typeof value === 'object' ? (value as Values)[name] : undefined), values)
}

// The values with one of them set, or taken out where it is undefined.
function written(values: unknown, [name, ...rest]: string[], value: unknown): Values {
  const own: Values = values !== null && typeof values === 'object' && !Array.isArray(values) ? { ...(values as Values) } : {}
  if (name === undefined) return own
  const next = rest.length > 0 ? written(own[name], rest, value) : value
  if (next === undefined) delete own[name]
  else own[name] = next
  return own
}

const options = (schema: Schema): string[] => (schema.oneOf ?? []).flatMap((one) => one.const ?? [])
const lines = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

interface Props {
  form: Form
  path: string
  brief: Values
  isWrong: boolean
  write: (brief: Values) => void
}

function Choices({ form, path, brief, isWrong, write }: Props) {
  const names = path.split('.')
  const { schema, isOpen } = at(form.schema, names)
  const chosen = read(brief, names)
  const set = (value: string[] | undefined): void => write(written(brief, names, value))
  const turn = (value: string, isOn: boolean): void => {
    const left = lines(chosen).filter((one) => one !== value)
    const now = isOn ? [...left, value] : left
    set(isOpen && now.length === 0 ? undefined : now)
  }
  const isNone = Array.isArray(chosen) && chosen.length === 0
  return (
    <fieldset class={isWrong ? 'wrong' : ''}>
      <legend>{form.texts[path.replace(/[._]/g, '-')]}</legend>
      {options(whole(form.schema, schema.items)).map((value, place) => (
        <label>
          <input
            type="checkbox" name={place === 0 ? path : `${path}:${value}`} checked={lines(chosen).includes(value)}
            aria-invalid={isWrong && place === 0} aria-describedby="brief-wrong" onChange={(event) => turn(value, event.currentTarget.checked)}
          />
          {form.texts[`option-${value.replace(/_/g, '-')}`] ?? value}
        </label>
      ))}
      {isOpen && (
        <label>
          <input type="checkbox" name={`${path}:`} checked={isNone} onChange={(event) => set(event.currentTarget.checked ? [] : undefined)} />
          {form.texts['none']}
        </label>
      )}
    </fieldset>
  )
}

export function FieldView(props: Props) {
  const { form, path, brief, isWrong, write } = props
  const names = path.split('.')
  const { schema, isRequired } = at(form.schema, names)
  const t = form.texts
  const value = read(brief, names)
  const label = `${t[path.replace(/[._]/g, '-')]}${isRequired ? ' *' : ''}`
  const own = { name: path, 'aria-invalid': isWrong, 'aria-describedby': 'brief-wrong', 'aria-required': isRequired }
  const set = (next: unknown): void => write(written(brief, names, next))
  const text = (next: string): void => set(next === '' && !isRequired ? undefined : next)
  const types = ([] as string[]).concat(schema.type ?? [])
  if (types.includes('array') && options(whole(form.schema, schema.items)).length > 0) return <Choices {...props} />
  if (types.includes('array')) {
    const rows = (next: string): void => set(next === '' ? [] : next.split('\n'))
    return <label>{`${label}, ${t['one-a-line']}`}<textarea {...own} rows={2} value={lines(value).join('\n')} onInput={(event) => rows(event.currentTarget.value)} /></label>
  }
  if (types.includes('boolean')) {
    const say = (next: string): void => set(next === '' ? undefined : next === 'true')
    return (
      <label>
        {label}
        <select {...own} value={typeof value === 'boolean' ? String(value) : ''} onChange={(event) => say(event.currentTarget.value)}>
          <option value="">{t['unsaid']}</option>
          <option value="true">{t['yes']}</option>
          <option value="false">{t['no']}</option>
        </select>
      </label>
    )
  }
  const all = options(schema)
  if (all.length > 0) {
    return (
      <label>
        {label}
        <select {...own} value={typeof value === 'string' ? value : ''} onChange={(event) => text(event.currentTarget.value)}>
          {!isRequired && <option value="">{t['unsaid']}</option>}
          {all.map((one) => <option value={one}>{t[`option-${one.replace(/_/g, '-')}`] ?? one}</option>)}
        </select>
      </label>
    )
  }
  if (types.includes('number')) {
    const number = (next: string): void => set(next === '' ? undefined : Number(next))
    return <label>{label}<input {...own} type="number" step="any" value={typeof value === 'number' ? value : ''} onInput={(event) => number(event.currentTarget.value)} /></label>
  }
  const said = typeof value === 'string' ? value : ''
  if (schema.format === 'date') {
    return <label>{label}<input {...own} type="date" value={said} onInput={(event) => text(event.currentTarget.value)} /></label>
  }
  return <label>{label}<input {...own} value={said} onInput={(event) => text(event.currentTarget.value)} /></label>
}
