import { afterEach, describe, expect, it } from 'vitest'
import { readEpochTime, readTimestamp } from '../../../src/surfaces/onekosmos/events/event-time.ts'

const zone = process.env.TZ
afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const three = '2023-02-14T15:00:00.000Z'
const timestamps: readonly (readonly [string | number, string | undefined])[] = [
  ['2023-02-14 15:00:00.000', three],
  ['2023-02-14 15:00:00', three],
  ['2023-02-14T15:00:00.000', three],
  ['2023-02-14T15:00:00Z', three],
  ['2023-02-14T17:00:00+02:00', three],
  ['2023-02-14 10:00:00 -0500', three],
  ['Tue Feb 14 2023 17:00:00 GMT+0200 (Central European Standard Time)', three],
  ['Tue, 14 Feb 2023 15:00:00 GMT', three],
  ['Feb 14, 2023 15:00:00', three],
  ['14 Feb 2023 15:00', three],
  ['2/14/2023, 3:00:00 PM', three],
  ['Feb 14 2023 10:00:00 EST', three],
  ['2023-02-14', '2023-02-14T00:00:00.000Z'],
  ['14-Feb-2023', '2023-02-14T00:00:00.000Z'],
  ['February 14, 2023', '2023-02-14T00:00:00.000Z'],
  ['1676386800', three],
  [1676386800, three],
  [1676386800000, three],
  ['', undefined],
  ['yesterday', undefined],
  ['2023-02-30 99:00:00', undefined],
  ['{"$gt":0}', undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
]

describe('the time of an event', () => {
  it.each(['UTC', 'America/New_York', 'Asia/Kathmandu'])(
    'reads whatever Date reads as UTC, in a process at %s',
    (at) => {
      process.env.TZ = at
      for (const [sent, expected] of timestamps) {
        const read = readTimestamp(sent)
        expect([sent, read === undefined ? undefined : new Date(read).toISOString()]).toEqual([sent, expected])
      }
    },
  )

  it.each([
    [1676386800, 1676386800000],
    [1676386800.25, 1676386800250],
    ['1676386800', 1676386800000],
    ['1676386800123', 1676386800123],
    [1676386800123, 1676386800123],
    ['soon', undefined],
    ['', undefined],
    [{}, undefined],
    [true, undefined],
    [1e300, undefined],
  ])('reads the epoch time %s', (sent, expected) => {
    expect(readEpochTime(sent)).toBe(expected)
  })
})
