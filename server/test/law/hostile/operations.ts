import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Compile } from 'typebox/schema'

/** A JSON Schema, its references resolved. */
export type Schema = Readonly<Record<string, unknown>>

/** One operation of a surface, as its OpenAPI document has it. */
export interface Operation {
  readonly surface: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly body: Schema | undefined
  readonly secured: boolean
  /** What is wrong with an answer, by its status and text; without a status, with a refusal of any. */
  readonly judge: (status: number | undefined, text: string) => string | undefined
}

interface Stated {
  readonly parameters?: Operation['parameters']
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
  readonly security?: readonly unknown[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >
}

interface Document {
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Stated>>>>
}

const folder = join(import.meta.dirname, '../../../openapi')

const resolve = (document: Document, node: unknown): unknown => {
  if (Array.isArray(node)) return node.map((one) => resolve(document, one))
  if (typeof node !== 'object' || node === null) return node
  const { $ref } = node as { readonly $ref?: string }
  if ($ref !== undefined) return resolve(document, document.components?.schemas?.[$ref.split('/').at(-1) ?? ''])
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, resolve(document, value)]))
}

type Check = ReturnType<typeof Compile>

const checksOf = (responses: Stated['responses']): ReadonlyMap<number, Check | undefined> =>
  new Map(
    Object.entries(responses).map(([status, { content }]) => {
      const schema = Object.entries(content ?? {}).find(([type]) => type.includes('json'))?.[1].schema
      return [Number(status), schema && 'type' in schema ? Compile(schema as object) : undefined]
    }),
  )

/** The forms of a surface's refusals. */
const formsOf = (paths: Document['paths']): readonly Check[] =>
  Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ responses }) => [...checksOf(responses)])
    .flatMap(([status, check]) => (status >= 400 && status < 500 && check ? [check] : []))

const judgeBy = (checks: ReadonlyMap<number, Check | undefined>, forms: readonly Check[]): Operation['judge'] => {
  const isOf = (some: readonly Check[], text: string): boolean => {
    try {
      const said: unknown = JSON.parse(text)
      return some.some((check) => check.Check(said))
    } catch {
      return false
    }
  }
  return (status, text) => {
    if (status !== undefined && !checks.has(status)) return `the document has no ${status}`
    if (status !== undefined && status < 400) return undefined
    const check = status === undefined ? undefined : checks.get(status)
    const may = status === undefined ? forms : check ? [check] : []
    return may.length === 0 || isOf(may, text) ? undefined : 'the refusal is not of the form that the document has'
  }
}

/** Every operation of every surface. */
export const operations = (): readonly Operation[] =>
  readdirSync(folder).flatMap((file) => {
    const raw = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Document
    const { paths } = resolve(raw, raw) as Document
    const forms = formsOf(paths)
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], requestBody, security = [], responses }]) => ({
        surface: file.replace('.json', ''),
        method: method.toUpperCase(),
        path,
        parameters,
        body: requestBody?.content['application/json']?.schema,
        secured: security.length > 0,
        judge: judgeBy(checksOf(responses), forms),
      })),
    )
  })
