import { expect, test } from 'vitest'
import { eventHeads, eventLine, MOST_NAMES } from './event-csv.ts'

const leading = 'timestamp,event_ts,eventName,user_id,event_id,type,event_name,epoch_time,tenant_id,community_id'.split(
  ',',
)

test('the leading columns come first, then the other names by the alphabet', () => {
  expect(eventHeads(['b', 'user_id', 'a'])).toEqual([...leading, 'a', 'b'])
})

test('every value is written as it was sent: numbers as numbers, what is nested as JSON, formulas harmless', () => {
  const line = eventLine(['n', 'm', 't', 'f', 'o', 'l', 'x', 'y', 'gone'])
  expect(
    line('{"n":-1.50,"m":1e20,"t":"a\\"b","f":"=1+1","o":{"a": 1.0},"l":[1,"x"],"x":null,"y":true,"other":1}', []),
  ).toBe('-1.50,1e20,"a""b","\'=1+1","{""a"": 1.0}","[1,""x""]",,true,\r\n')
})

test('more names than fit leave the rarest ones for the last column, as JSON', () => {
  const names = Array.from({ length: MOST_NAMES + 1 }, (_, at) => `n${String(at).padStart(4, '0')}`)
  const heads = eventHeads(names)
  expect([heads.length, heads.at(-1)]).toEqual([leading.length + MOST_NAMES + 1, 'other_fields'])
  const cells = eventLine(heads)('{"n0000":1,"n0500":"x","odd":2}', []).split(',')
  expect(cells[leading.length]).toBe('1')
  expect(cells.slice(-2).join(',')).toBe('"{""n0500"":""x"",""odd"":2}"\r\n')
})

test('a sender’s own other_fields is told in the last column, too', () => {
  const heads = eventHeads(['other_fields', 'a'])
  expect(heads).toEqual([...leading, 'a', 'other_fields'])
  expect(eventLine(heads)('{"other_fields":{"x":1},"a":"2"}', [])).toBe(
    ',,,,,,,,,,"2","{""other_fields"":{""x"":1}}"\r\n',
  )
})

test('what is added stands where its sender said nothing, and where it replaces what was sent', () => {
  const always = () => true
  const never = () => false
  const heads = eventHeads(['a', 'other_fields'])
  const added = [
    ['user_id', '"ann"', never],
    ['event_id', '"e"', never],
    ['a', '7', always],
    ['b', '8', never],
    ['c', '9', always],
    ['d', '10', never],
  ] as const
  expect(eventLine(heads)('{"user_id":"bob","a":1,"b":2,"c":3}', added)).toBe(
    ',,,"bob","e",,,,,,7,"{""b"":2,""c"":9,""d"":10}"\r\n',
  )
})
