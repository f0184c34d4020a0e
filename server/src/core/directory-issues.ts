import { type DirectoryDraft, type DirectoryKind, type DirectoryLink, kindRules } from './directory.ts'
import type { Issue } from './fault.ts'

const CONTROL = /\p{Cc}/u
/** Half of a character outside the first 65,536, as JSON writes it when its other half is missing. */
const BROKEN = /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/
const LONGEST = { id: 256, name: 512, status: 64 } as const
/** Bytes of an object's attributes as JSON. */
export const ATTRIBUTE_BYTES = 65_536

const issue = (name: string, rule: string, message: string): Issue => ({ where: 'body', name, rule, message })

const textIssues = (name: string, value: string, longest: number, needed: boolean): Issue[] => {
  if (value === '') return needed ? [issue(name, 'required', `${name} must not be empty`)] : []
  if (value.length > longest) return [issue(name, 'size', `${name} must have at most ${longest} characters`)]
  if (CONTROL.test(value) || !value.isWellFormed())
    return [issue(name, 'format', `${name} must not hold control characters or broken Unicode`)]
  return []
}

const linkIssues = (
  name: 'subject' | 'object',
  link: DirectoryLink | null,
  allowed: readonly DirectoryKind[] | undefined,
  needed: boolean,
): Issue[] => {
  if (!link) return needed ? [issue(name, 'required', `${name} is required: the kind and the id of a thing`)] : []
  if (!allowed) return [issue(name, 'unknown', `This kind has no ${name}`)]
  if (!allowed.includes(link.kind))
    return [issue(`${name}.kind`, 'enum', `${name}.kind must be one of ${allowed.join(', ')}`)]
  return textIssues(`${name}.id`, link.id, LONGEST.id, true)
}

/** What is wrong with an object's id: it is opaque, and no `.` or `..`, which no address can carry. */
export const objectIdIssues = (id: string): Issue[] =>
  id === '.' || id === '..'
    ? [issue('id', 'format', 'id must not be . or .., which no address can carry')]
    : textIssues('id', id, LONGEST.id, true)

/** What is wrong with an object as it is to be kept; empty when nothing is. */
export const draftIssues = (kind: DirectoryKind, draft: DirectoryDraft): Issue[] => {
  const { subject, object, relation = false, words, uniqueName = false } = kindRules[kind]
  const found = [
    ...(draft.externalId === null ? [] : textIssues('externalId', draft.externalId, LONGEST.id, true)),
    ...textIssues('name', draft.name, LONGEST.name, uniqueName),
    ...textIssues('display', draft.display, LONGEST.name, false),
    ...textIssues('status', draft.status, LONGEST.status, true),
    ...linkIssues('subject', draft.subject, subject, relation),
    ...linkIssues('object', draft.object, object, relation),
  ]
  if (words ? !words.includes(draft.relation) : draft.relation !== '')
    found.push(
      words
        ? issue('relation', 'enum', `relation must be one of ${words.join(', ')}`)
        : issue('relation', 'unknown', 'This kind has no relation'),
    )
  const bytes = Buffer.byteLength(draft.attributes)
  if (bytes > ATTRIBUTE_BYTES)
    found.push(issue('attributes', 'size', `attributes must have at most ${ATTRIBUTE_BYTES} bytes as JSON`))
  if (!draft.attributes.isWellFormed() || BROKEN.test(draft.attributes))
    found.push(issue('attributes', 'format', 'attributes must not hold broken Unicode'))
  return found
}
