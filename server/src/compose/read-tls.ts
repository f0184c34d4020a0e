import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Settings } from '../config/settings.ts'

const readPem = async (path: string, setting: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(
      `${path} cannot be read (${(error as Error).message}). Set ${setting} to a PEM file that this account may read.`,
      { cause: error },
    )
  }
}

/**
 * The certificate and key of the settings; undefined when there is none.
 * @throws Error with a sentence when they cannot be read, or do not belong together
 */
export const readTls = async (settings: Settings): Promise<{ cert: string; key: string } | undefined> => {
  if (settings.tlsCert === undefined || settings.tlsKey === undefined) return undefined
  const cert = await readPem(settings.tlsCert, 'ROLLCALL_TLS_CERT')
  const key = await readPem(settings.tlsKey, 'ROLLCALL_TLS_KEY')
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new Error(
      `HTTPS cannot be served with ${settings.tlsCert} and ${settings.tlsKey} (${(error as Error).message}). ROLLCALL_TLS_CERT must name a certificate in PEM, and ROLLCALL_TLS_KEY its private key, without a passphrase.`,
      { cause: error },
    )
  }
  return { cert, key }
}
