/** The words of a shell command: quotes are taken off, and a backslash at a line's end goes on. */
const wordsOf = (command: string): readonly string[] =>
  [...command.replaceAll('\\\n', ' ').matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"/g,
      (_, single: string | undefined, double: string | undefined) => single ?? double ?? '',
    ),
  )

export interface Answered {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly body: Record<string, unknown>
}

/**
 * Does what a curl command of the document says, literally: its method, headers, address and body, but for the host and
 * the key, which are the test's.
 */
export const curl = async (command: string, host: string, key: string): Promise<Answered> => {
  const [, ...words] = wordsOf(command)
  let method = 'GET'
  let url = ''
  let body: string | undefined
  const headers: Record<string, string> = {}
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-X') method = words[++at] ?? ''
    else if (word === '-H') {
      const [name = '', ...value] = (words[++at] ?? '').split(':')
      headers[name] = value.join(':').trim()
    } else if (word === '-d') body = words[++at]
    else if (word.startsWith('-d')) body = word.slice(2)
    else if (!word.startsWith('-')) url = word
  }
  if (headers.Authorization !== undefined) headers.Authorization = key
  const response = await fetch(url.replace('https://10.0.214.98', host), {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, text, body: type.startsWith('application/json') ? JSON.parse(text) : {} }
}
