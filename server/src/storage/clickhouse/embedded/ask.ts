import type { EngineLogin } from './access.ts'

/** Runs one statement. Throws what the engine answers, or what the connection says. */
export async function ask({ url, username, password, headers }: EngineLogin, sql: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, authorization },
    body: sql,
    signal: AbortSignal.timeout(5_000),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(text.split('\n', 1)[0])
}
