import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { expect, test } from 'vitest'
import { sayMessage } from '../app/exports/message.ts'
import { mintRealm } from '../core/realm.ts'
import type { Files } from '../ports/files.ts'
import { compose } from './email.ts'

const noFiles = { read: async () => undefined } as unknown as Files

test('a realm’s name cannot begin another header, and stands escaped in the text that is drawn', async () => {
  const message = sayMessage({
    title: 'Audit\u0000log',
    realm: 'Acme\r\nBcc: eve@evil.example\r\n\r\n<script>\u0085X-Odd: 1 · Zürich',
    window: undefined,
    rows: 1,
    total: 1,
    more: false,
    bytes: 10,
    link: 'https://rollcall.example/files/x',
    until: 0,
  })
  const letter = { realm: mintRealm('t', 'c'), address: 'ann@acme.example', messageId: 'm-1@rollcall.example', message }
  const sent = new MailComposer(await compose(letter, 'Rollcall <reports@acme.example>', noFiles)).compile()
  expect(sent.getEnvelope()).toEqual({ from: 'reports@acme.example', to: ['ann@acme.example'] })
  const [head = ''] = (await sent.build()).toString().split('\r\n\r\n')
  const names = head.split(/\r\n(?!\s)/).map((line) => line.slice(0, line.indexOf(':')))
  expect(names.sort()).toEqual([
    'Auto-Submitted',
    'Content-Type',
    'Date',
    'From',
    'MIME-Version',
    'Message-ID',
    'Subject',
    'To',
  ])
  expect(head).toContain('Message-ID: <m-1@rollcall.example>')
  expect(message.html).not.toContain('<script>')
})
