import { DAY_MS, type Window } from '../../core/window.ts'
import type { Question } from '../../ports/events.ts'
import { beginsAt } from './question.ts'

/** So much of a window is near, and never more than so many days of it. */
const NEAR = { share: 1 / 16, most: 7 * DAY_MS } as const

/**
 * The end of its window at which a list begins, where a page of what many events hold is found without reading the rest.
 * Undefined where time does not come first in the order.
 */
export const nearWindow = (question: Question): Window | undefined => {
  const { window } = question
  const end = beginsAt(question)
  if (!window || !end) return undefined
  const span = Math.floor(Math.min((window.to - window.from) * NEAR.share, NEAR.most))
  return end === 'newest' ? { from: window.to - span, to: window.to } : { from: window.from, to: window.from + span }
}
