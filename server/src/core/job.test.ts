import { expect, test } from 'vitest'
import { backOffMs } from './job.ts'

test('waits longer with every attempt, up to ten minutes', () => {
  expect([1, 2, 3, 4, 5, 6, 40].map(backOffMs)).toEqual([2_000, 8_000, 32_000, 128_000, 512_000, 600_000, 600_000])
})
