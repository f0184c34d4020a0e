import { membersIn } from './members.ts'

/** What stands in the text under a name counts as absent when it is null or the empty text. */
export const isBlank = (token: string): boolean => token === 'null' || token === '""'

export type Decide = (token: string) => boolean

/** A member that is put into an object's text: in place of a sent value where `replace` says so, else where none was sent. */
export type Added = readonly [name: string, json: string, replace: Decide]

/**
 * Puts members into the JSON text of an object, as text; new ones at its end. Every other byte stays as it came.
 */
export const splice = (text: string, added: Iterable<Added>): string => {
  // What is stored was inspected when it came in; what is no object's text is left alone.
  const members = membersIn(text)
  if (!members) return text
  const changes: { readonly from: number; readonly to: number; readonly json: string }[] = []
  const tail: string[] = []
  for (const [name, json, replace] of added) {
    const place = members.get(name)
    if (!place) tail.push(`${JSON.stringify(name)}:${json}`)
    else if (replace(text.slice(...place))) changes.push({ from: place[0], to: place[1], json })
  }
  let out = ''
  let at = 0
  for (const { from, to, json } of changes.sort((a, b) => a.from - b.from)) {
    out += text.slice(at, from) + json
    at = to
  }
  out += text.slice(at).trimEnd()
  if (tail.length === 0) return out
  const comma = members.size > 0 ? ',' : ''
  return `${out.slice(0, -1).trimEnd()}${comma}${tail.join(',')}}`
}
