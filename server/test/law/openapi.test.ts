import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentText } from '../../src/cli/openapi.ts'
import { startWorld, type World } from '../world.ts'

const folder = join(import.meta.dirname, '../../openapi')

let world: World
let names: string[]
beforeAll(async () => {
  world = await startWorld()
  names = [...world.rollcall.http.documents.keys()]
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

interface Operation {
  readonly operationId?: string
  readonly requestBody?: unknown
  readonly security?: readonly unknown[]
  readonly responses: Readonly<Record<string, unknown>>
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const fetchDocument = async (name: string): Promise<Document> => {
  const response = await fetch(`${world.url}/openapi/${name}.json`)
  expect([name, response.status]).toEqual([name, 200])
  return (await response.json()) as Document
}

/** Routes that stand at the root without a key, or that serve the documents; no surface's document has them. */
const undocumented = /^(\/healthz|\/metrics|\/openapi\/.+|\/docs.*|\/?\*)$/

/** What is registered, as `METHOD path`, out of Fastify's own print of its routes. */
const routesOf = (printed: string): string[] => {
  const found: string[] = []
  const open: string[] = []
  for (const line of printed.split('\n')) {
    const parsed = /^((?:│ {3}| {4})*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line)
    if (!parsed) continue
    const depth = (parsed[1] ?? '').length / 4
    open.splice(depth, open.length, parsed[2] ?? '')
    for (const method of (parsed[3] ?? '')
      .split(', ')
      .filter((one) => one !== '' && one !== 'HEAD' && one !== 'OPTIONS'))
      found.push(`${method} ${open.join('')}`)
  }
  return found
}

describe('the OpenAPI documents', () => {
  it('are valid OpenAPI 3.1, each of them', async () => {
    for (const name of names) {
      const document = await fetchDocument(name)
      expect([name, await new Validator().validate(document as never)]).toEqual([name, { valid: true }])
      expect(document.openapi).toMatch(/^3\.1\./)
    }
    expect(names).toContain('native')
  })

  it('are those that are committed; "npm run openapi" writes them again', async () => {
    expect((await readdir(folder)).sort()).toEqual(names.map((name) => `${name}.json`).sort())
    for (const name of names)
      expect([name, documentText(await fetchDocument(name))]).toEqual([
        name,
        await readFile(join(folder, `${name}.json`), 'utf8'),
      ])
  })

  it('hold every route of the server', async () => {
    const documented = new Set<string>()
    for (const name of names)
      for (const [path, item] of Object.entries((await fetchDocument(name)).paths))
        for (const method of Object.keys(item)) documented.add(`${method.toUpperCase()} ${path}`)
    const served = routesOf(world.rollcall.http.printRoutes({ commonPrefix: false }))
      .map((route) => route.replaceAll(/:([A-Za-z_]\w*)/g, '{$1}'))
      .filter((route) => !undocumented.test(route.split(' ')[1] ?? ''))
    expect(served.length).toBeGreaterThan(14)
    expect(served.filter((route) => !documented.has(route))).toEqual([])
  })

  it('say that a body may be too large, and that whoever needs a key may be refused or asked to wait', async () => {
    for (const name of names)
      for (const [path, methods] of Object.entries((await fetchDocument(name)).paths))
        for (const [method, { requestBody, security = [], responses }] of Object.entries(methods)) {
          const expected = [...(requestBody ? ['400', '413'] : []), ...(security.length > 0 ? ['401', '429'] : [])]
          const missing = expected.filter((status) => !(status in responses))
          expect([name, method, path, missing]).toEqual([name, method, path, []])
        }
  })

  it('name each operation once', async () => {
    for (const name of names) {
      const { paths } = await fetchDocument(name)
      const ids = Object.values(paths).flatMap((item) => Object.values(item).flatMap((one) => one.operationId ?? []))
      expect([name, ids.length - new Set(ids).size]).toEqual([name, 0])
    }
  })
})

it('the typed client is the one that the native document makes; "npm run generate" in client/ writes it again', async () => {
  const client = join(import.meta.dirname, '../../../client')
  const made = spawnSync('node_modules/.bin/openapi-typescript', ['../server/openapi/native.json'], {
    cwd: client,
    encoding: 'utf8',
  })
  expect([made.status, made.stdout]).toEqual([0, await readFile(join(client, 'src/native.gen.ts'), 'utf8')])
})

describe('the page at /docs', () => {
  it('lists every document and loads nothing from elsewhere', async () => {
    const page = await fetch(`${world.url}/docs`)
    expect(page.status).toBe(200)
    const html = await page.text()
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => new URL(match[1] ?? '', `${page.url}/`))
    expect(assets.length).toBeGreaterThan(3)
    for (const asset of assets) {
      expect(asset.origin).toBe(new URL(world.url).origin)
      const answer = await fetch(asset)
      expect([asset.pathname, answer.status]).toEqual([asset.pathname, 200])
      await answer.arrayBuffer()
    }
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toMatch(/https?:|\*|upgrade-insecure-requests/)
    const settings = await (await fetch(`${world.url}/docs/static/swagger-initializer.js`)).text()
    for (const name of names) expect(settings).toContain(`/openapi/${name}.json`)
    expect(settings).toContain('validatorUrl: null')
  })
})
