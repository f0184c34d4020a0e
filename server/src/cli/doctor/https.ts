import { X509Certificate } from 'node:crypto'
import { readTls } from '../../compose/read-tls.ts'
import { type Check, well, wrong } from './check.ts'

/** Whether the certificate can be used, and is of these days. */
export const https: Check = {
  name: 'HTTPS',
  run: async (settings) => {
    let tls: Awaited<ReturnType<typeof readTls>>
    try {
      tls = await readTls(settings)
    } catch (error) {
      return wrong((error as Error).message, 'The server does not start before this is right.')
    }
    if (tls === undefined) return []
    const { validFromDate, validToDate } = new X509Certificate(tls.cert)
    const now = Date.now()
    const renew = 'Clients refuse it: get one of these days from your authority, and restart the server.'
    if (validToDate.getTime() < now)
      return wrong(`The certificate ${settings.tlsCert} ended at ${validToDate.toISOString()}.`, renew)
    if (validFromDate.getTime() > now)
      return wrong(`The certificate ${settings.tlsCert} begins at ${validFromDate.toISOString()}.`, renew)
    return well(`The certificate and its key belong together, until ${validToDate.toISOString()}.`)
  },
}
