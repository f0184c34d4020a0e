import type { RealmPath } from '../realm-name.ts'

/** Lines that work as they are pasted into another terminal. */
export const whatNext = (url: string, keyPlace: string, { tenantId, communityId }: RealmPath): string => {
  const realm = `${url}/v1/realms/${tenantId}/${communityId}`
  const key = keyPlace.startsWith('ROLLCALL_') ? `"$${keyPlace}"` : `"$(cat '${keyPlace}')"`
  const send = `-H "Authorization: Bearer $KEY" -H 'Content-Type: application/json'`
  return `
Try next, in another terminal in this folder:
  KEY=${key}
  # send an event of your own
  curl -s ${realm}/events ${send} -d '{"event_name":"login","user_id":"me","application":"Wiki","outcome":"success"}'; echo
  # find it again
  curl -s -G ${realm}/events -H "Authorization: Bearer $KEY" --data-urlencode 'filter={"user_id":"me"}'; echo
  # run a report
  curl -s ${realm}/reports/application-usage ${send} -d '{"page":{"size":3}}'; echo
  # the same on the command line
  npx rollcall report run application-usage --url ${url} --key "$KEY" --realm ${tenantId}/${communityId}`
}
