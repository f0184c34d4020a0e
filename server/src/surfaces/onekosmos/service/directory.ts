import { Type } from 'typebox'
import type { Http, SurfaceContext } from '../../../http/surface.ts'

/** Where the services are: those of this server, and those that the operator added. */
export const directoryOf = (context: SurfaceContext): Record<string, string> => ({
  events: `${context.publicUrl}/events`,
  reports: `${context.publicUrl}/reports`,
  licenses: `${context.publicUrl}/licenses`,
  global_caas: `${context.publicUrl}/caas`,
  adminconsole: context.publicUrl,
  ...context.onekosmos.directory,
})

/** `GET /sd`, without a key. */
export const directoryRoute = ({ http, context }: { http: Http; context: SurfaceContext }, path = '/sd'): void => {
  const schema = {
    summary: 'Service directory',
    description: 'The address of every service, by its name.',
    tags: ['Service Directory'],
    response: { 200: Type.Record(Type.String(), Type.String(), { description: 'Names and addresses' }) },
  }
  http.get(path, { schema }, async () => directoryOf(context))
}
