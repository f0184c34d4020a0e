import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { text } from '../../core/table.ts'

/**
 * The users that events ever named, found by the name that they log in with, whatever its case, or by a UUID: their own
 * id, or the version 5 that is made of the realm and their id (all but the bits that say the version).
 */
export const knownUsers = report({
  id: 'known-users',
  title: 'Known users',
  about: 'The users that events ever named, found by their login name or by a UUID.',
  reads: ['people'],
  params: {
    login_id: Type.String({ default: '', maxLength: 1_024, description: 'What they log in with; empty for any' }),
    uuid: Type.String({ default: '', maxLength: 36, description: 'A UUID in small letters; empty for any' }),
    uuid_prefix: Type.String({
      default: '',
      maxLength: 2_048,
      description: 'Hex of what a UUID is made of, before the id',
    }),
  },
  columns: { user_id: text('User', { opens: 'person' }) },
  order: ['user_id'],
  sql: `
    SELECT user_id
    FROM (
      SELECT user_id FROM people
      WHERE user_id != '' AND ({login_id:String} = '' OR lowerUTF8(login_id) = lowerUTF8({login_id:String}))
      GROUP BY user_id
    )
    WHERE {uuid:String} = '' OR lower(user_id) = {uuid:String}
       OR ({uuid_prefix:String} != '' AND arrayMap(part -> substring(replaceAll({uuid:String}, '-', ''), part.1, part.2), [(1, 12), (14, 3), (18, 15)])
           = arrayMap(part -> substring(lower(hex(SHA1(concat(unhex({uuid_prefix:String}), user_id)))), part.1, part.2), [(1, 12), (14, 3), (18, 15)]))`,
})
