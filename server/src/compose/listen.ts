import type { Settings } from '../config/settings.ts'
import type { Http } from '../http/surface.ts'

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken. Stop what runs there, or set ROLLCALL_PORT to another port (0 takes a free one).',
  EACCES: 'is not open to this account. Set ROLLCALL_PORT to 1024 or above, or put a proxy in front.',
  EADDRNOTAVAIL: 'is no address of this machine. Set ROLLCALL_HOST to one, or to 0.0.0.0 for all.',
  ENOTFOUND: 'is no host that this machine knows. Set ROLLCALL_HOST to an address of this machine.',
}

/**
 * Listens where the settings say.
 * @throws Error with a sentence when it cannot
 */
export const listen = async (http: Http, { host, port }: Settings): Promise<void> => {
  try {
    await http.listen({ host, port })
  } catch (error) {
    const remedy = remedies[(error as NodeJS.ErrnoException).code ?? '']
    throw remedy === undefined ? error : new Error(`Port ${port} on ${host} ${remedy}`, { cause: error })
  }
}
