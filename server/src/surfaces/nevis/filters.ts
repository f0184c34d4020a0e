import { sentencesOf, tellingsOf } from '../../core/catalogue.ts'
import {
  and,
  anyOf,
  column,
  equals,
  everything,
  type Field,
  type Filter,
  holds,
  mentions,
  not,
  or,
  path,
} from '../../core/filter.ts'
import { foldCase } from '../../core/fold.ts'
import type { Asked } from './parameters.ts'
import { actorTypes } from './voice.ts'

const failure = equals(column('outcome'), 'failure')
const fromNevis = equals(column('dialect'), 'nevis')
const description = path('description')

const within = (text: string, part: string): boolean => foldCase(text).includes(foldCase(part))

/** A filter for each list that is not empty. */
const oneOf = (name: string, values: readonly string[]): readonly Filter[] =>
  values.length === 0 ? [] : [anyOf(column(name), values)]

/** Events that the catalogue tells by a sentence, its own or its action's, for which this holds. */
const told = (holdsFor: (sentence: string) => boolean): readonly Filter[] => {
  const own = sentencesOf('nevis')
  const names = own.filter((one) => holdsFor(one.description)).map(({ name }) => name)
  const actions = tellingsOf().filter((one) => holdsFor(one.description))
  const others = oneOf(
    'action',
    actions.map(({ action }) => action),
  ).map((acted) =>
    and(
      acted,
      not(
        and(
          fromNevis,
          ...oneOf(
            'event_name',
            own.map(({ name }) => name),
          ),
        ),
      ),
    ),
  )
  return [...oneOf('event_name', names).map((named) => and(fromNevis, named)), ...others]
}

const silent: Filter = { is: 'null', field: description }

/** Events whose description holds a text: their own, else the catalogue's, else their name. */
const described = (text: string): Filter =>
  or(
    holds(description, text),
    ...told((sentence) => within(sentence, text)).map((by) => and(silent, by)),
    and(silent, not(or(...told(() => true))), holds(column('event_name'), text)),
  )

/** Events that show a text which nobody sent: another name or sentence, who acts, what became of it, its time. */
const shown = (text: string): readonly Filter[] => {
  const renamed = tellingsOf().flatMap(({ action, name }) => (name !== undefined && within(name, text) ? [action] : []))
  const translated = [
    ...oneOf('action', renamed),
    ...(within('admin', text) ? oneOf('actor_type', actorTypes.admin) : []),
    ...(within('api', text) ? oneOf('actor_type', actorTypes.api) : []),
    ...(within('user', text) ? oneOf('actor_type', [...actorTypes.admin, ...actorTypes.api]).map(not) : []),
  ]
  return [
    ...translated.map((by) => and(not(fromNevis), by)),
    ...told((sentence) => within(sentence, text)).map((by) => and(silent, by)),
    ...(within('failed', text) ? [failure] : []),
    ...(within('succeeded', text) ? [not(failure)] : []),
    ...(isTimely(text) ? [holds(column('event_ts'), text)] : []),
  ]
}

const ISO_SHAPE = '0000-00-00T00:00:00.000Z'

/** Whether a text can stand in a timestamp at all. */
const isTimely = (text: string): boolean => ISO_SHAPE.includes(text.toUpperCase().replaceAll(/[0-9]/g, '0'))

const anyHolds = (text: string, ...fields: readonly Field[]): Filter => or(...fields.map((field) => holds(field, text)))

const matching = ({ filter, filterType }: Asked): Filter => {
  if (filter === undefined) return everything
  switch (filterType) {
    case 'loginId':
      return anyHolds(filter, column('login_id'), path('actor', 'loginId'), path('user', 'loginId'))
    case 'userId':
      return anyHolds(filter, column('user_id'), column('actor_id'), path('user', 'id'), path('actor', 'id'))
    case 'description':
      return described(filter)
    default:
      return or(mentions(filter), ...shown(filter))
  }
}

/** The events that were asked for, as the core's tree. */
export const filterOf = (asked: Asked): Filter =>
  and(matching(asked), ...(asked.status === undefined ? [] : [asked.status === 'failed' ? failure : not(failure)]))
