import type { Recorder } from './recorder.ts'

/** The engine of a server under test, as its writing user. */
export type EngineAddress = ReturnType<Recorder['engine']>

/** Runs one statement on the engine and answers what it says. @throws Error with the engine's own words */
export const askEngine = async (engine: EngineAddress, sql: string, body?: string): Promise<Response> => {
  const query = body === undefined ? '' : `?query=${encodeURIComponent(sql)}`
  const response = await fetch(`http://127.0.0.1:${engine.port}/${query}`, {
    method: 'POST',
    headers: engine.headers,
    body: body ?? sql,
  })
  if (!response.ok) throw new Error(`The engine refused: ${(await response.text()).slice(0, 2_000)}`)
  return response
}

/** The one value that a statement answers. */
export const answerOf = async (engine: EngineAddress, sql: string): Promise<string> =>
  (await (await askEngine(engine, `${sql} FORMAT TabSeparated`)).text()).trim()

/** Resolves when the engine has had no merge to do for a moment, so that what is measured is its resting state. */
export const merged = async (engine: EngineAddress, atMostSeconds = 120): Promise<void> => {
  const until = Date.now() + atMostSeconds * 1000
  let parts = ''
  let same = 0
  while (same < 8 && Date.now() < until) {
    const now = await answerOf(
      engine,
      `SELECT groupArray((name, active)) FROM (SELECT name, active FROM system.parts WHERE database = 'rollcall' AND active ORDER BY name)`,
    )
    same = now === parts ? same + 1 : 0
    parts = now
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
