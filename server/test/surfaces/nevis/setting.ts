import { request } from 'node:http'
import type { World } from '../../world.ts'

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Asks the Nevis surface, under a host name of the test's choice. */
export const askNevis = (
  world: World,
  address: string,
  {
    key,
    host,
    method = 'GET',
  }: { readonly key?: string | undefined; readonly host?: string; readonly method?: string },
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.url)
    const headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(host === undefined ? {} : { host }),
    }
    const sent = request({ hostname, port, path: `/nevis/api/v1${address}`, method, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    sent.on('error', reject)
    sent.end()
  })
