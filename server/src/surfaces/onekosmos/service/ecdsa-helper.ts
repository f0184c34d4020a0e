import { Type } from 'typebox'
import { decryptText, encryptText } from '../../../core/envelope-cipher.ts'
import { openPair, readPrivateKey, readPublicKey } from '../../../core/envelope-keys.ts'
import { type Issue, invalid } from '../../../core/fault.ts'
import type { Http } from '../../../http/surface.ts'
import { bodyIssue, emptyField, fieldsOf } from '../json-body.ts'
import { refusals } from './shapes.ts'

type Method = 'encrypt' | 'decrypt'
const isMethod = (value: unknown): value is Method => value === 'encrypt' || value === 'decrypt'

const methodOf = (inPath: string | undefined, inBody: unknown, issues: Issue[]): Method => {
  const sent = inPath ?? inBody ?? 'encrypt'
  if (isMethod(sent)) return sent
  const message = 'This field should be encrypt or decrypt'
  issues.push({ where: inPath === undefined ? 'body' : 'path', name: 'method', rule: 'range', message })
  return 'encrypt'
}

const textOf = (fields: Readonly<Record<string, unknown>>, name: string, issues: Issue[]): string => {
  const sent = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (typeof sent === 'string' && sent !== '') return sent
  const missing = sent === undefined || sent === null || sent === ''
  issues.push(missing ? emptyField(name) : bodyIssue(name, 'type', 'This field should be a string'))
  return ''
}

const Message = Type.Object({
  dataStr: Type.String({ description: 'The text to encrypt, or the encrypted text to decrypt' }),
  publicKey: Type.String({ description: "The other side's public key" }),
  privateKey: Type.String({ description: 'One’s own private key; it is used for this answer and kept nowhere' }),
  method: Type.Optional(Type.String({ description: 'encrypt or decrypt; what the path says goes first' })),
})

/** Encrypts or decrypts one text. @throws Fault `invalid` naming every field that is wrong */
const help = (fields: Readonly<Record<string, unknown>>, inPath: string | undefined, issues: Issue[]): string => {
  const method = methodOf(inPath, fields.method, issues)
  const dataStr = textOf(fields, 'dataStr', issues)
  const publicKey = textOf(fields, 'publicKey', issues)
  const privateKey = textOf(fields, 'privateKey', issues)
  const point = readPublicKey(publicKey)
  const scalar = readPrivateKey(privateKey)
  const keyForm = 'This field should be a key of secp256k1 in base64'
  if (publicKey !== '' && !point) issues.push(bodyIssue('publicKey', 'format', keyForm))
  if (privateKey !== '' && !scalar) issues.push(bodyIssue('privateKey', 'format', keyForm))
  if (issues.length > 0 || !point || !scalar) throw invalid(issues)
  const shared = openPair(scalar).agree(point)
  if (method === 'encrypt') return encryptText(shared, dataStr)
  const plain = decryptText(shared, dataStr)
  if (plain === undefined) throw invalid([bodyIssue('dataStr', 'sealed', "This field can't be decrypted")])
  return plain
}

/**
 * `POST /ecdsa_helper/{method}` and without a method, for people who try the encryption by hand. No key is asked
 * for, so that it counts towards the limit of costly routes.
 */
export const ecdsaHelperRoutes = ({ http }: { http: Http }, path = '/ecdsa_helper'): void => {
  const described = {
    description:
      'Encrypts or decrypts a text as the headers and bodies of this API are, with keys that the caller sends.',
    tags: ['ECDSA Helper'],
    body: Message,
    response: {
      200: Type.Object({ data: Type.String({ description: 'Always a string' }) }, { description: 'The text' }),
      ...refusals(400, 413, 429),
    },
  }
  const config = { costly: true }
  const plain = { ...described, summary: 'Encrypt a text, or what method says' }
  http.post(path, { schema: plain, config }, async (request) => {
    const issues: Issue[] = []
    return { data: help(fieldsOf(request, issues), undefined, issues) }
  })
  const byMethod = {
    ...described,
    summary: 'Encrypt or decrypt a text',
    params: Type.Object({ method: Type.String({ description: 'encrypt or decrypt' }) }),
  }
  http.post(`${path}/:method`, { schema: byMethod, config }, async (request) => {
    const issues: Issue[] = []
    return { data: help(fieldsOf(request, issues), request.params.method, issues) }
  })
}
