import { expect, it } from 'vitest'
import { resolve } from './references.ts'

it('puts variables, attributes of answers and items of lists in place of their references', () => {
  const known = { name: 'ann', 'r:1': { report: { id: '7' } }, all: { report: [{ id: '8' }] } }
  const missing: string[] = []
  const value = { a: 'to {name}', b: ['{r:1.report.id}', '{all.report.0.id}'], c: 5, d: null, e: 'a {b c} {}' }
  expect(resolve(value, known, missing)).toEqual({ a: 'to ann', b: ['7', '8'], c: 5, d: null, e: 'a {b c} {}' })
  expect(missing).toEqual([])
})

it('names what stands for nothing, and follows no prototype', () => {
  const missing: string[] = []
  resolve('{x} {name.length} {r.constructor.name} {r}', { name: 'ann', r: { a: 1 } }, missing)
  expect(missing).toEqual(['x', 'name.length', 'r.constructor.name', 'r'])
})
