import { isEmail } from '../core/email.ts'
import { custom, flag, url, whole } from './setting.ts'

/** Settings of what is done in the background: jobs, the files they make, and the messages that tell of them. */
export const workSettings = {
  filesUrl: custom<string | undefined>({
    name: 'ROLLCALL_FILES_URL',
    about: 'Where made files are kept: a bucket of S3, or of what speaks like it; a folder when unset.',
    fallback: 'files/ of the data folder',
    secret: true,
    takes:
      'such as s3://bucket/prefix?region=eu-central-1; endpoint=https://... and pathStyle=true for others than AWS',
    standard: undefined,
    read: url(/^s3:\/\/[^/?]/, 's3://bucket/prefix?region=eu-central-1'),
  }),
  smtpUrl: custom<string | undefined>({
    name: 'ROLLCALL_SMTP_URL',
    about:
      'The mail server. smtps is encrypted from the start, smtp upgrades by STARTTLS and goes unencrypted only to this machine.',
    fallback: 'outbox/ of the data folder, one .eml file per message',
    secret: true,
    takes: 'such as smtps://user:password@mail.example.com:465; with ?ca=/path/ca.pem for a private authority',
    standard: undefined,
    read: url(/^smtps?:\/\/[^/?]/, 'smtps://user:password@mail.example.com:465'),
  }),
  mailFrom: custom<string>({
    name: 'ROLLCALL_MAIL_FROM',
    about: 'Who e-mails come from.',
    fallback: 'Rollcall <rollcall@localhost.localdomain>',
    takes: 'an address, or a name and an address such as Rollcall <rollcall@example.com>',
    standard: 'Rollcall <rollcall@localhost.localdomain>',
    read: (text) => {
      const address = /^[^<>\p{C}]*<([^<>]+)>$/u.exec(text)?.[1] ?? text
      if (!isEmail(address)) throw new Error('must be an address, or look like Rollcall <rollcall@example.com>')
      return text
    },
  }),
  jobsAtOnce: whole({
    name: 'ROLLCALL_JOBS_AT_ONCE',
    about: 'Jobs that one process does at the same time.',
    standard: 2,
    least: 1,
    most: 64,
  }),
  linkHours: whole({
    name: 'ROLLCALL_LINK_HOURS',
    about: 'How long a link to a file opens it.',
    standard: 72,
    least: 1,
    most: 8_760,
    unit: 'hours',
  }),
  fileDays: whole({
    name: 'ROLLCALL_FILE_DAYS',
    about: 'How long made files are kept.',
    standard: 7,
    least: 1,
    most: 36_500,
    unit: 'days',
  }),
  jobDays: whole({
    name: 'ROLLCALL_JOB_DAYS',
    about: 'How long ended jobs are listed, once their file is gone.',
    standard: 90,
    least: 1,
    most: 36_500,
    unit: 'days',
  }),
  ledgerDays: whole({
    name: 'ROLLCALL_LEDGER_DAYS',
    about: 'How long the ledger of subscriptions tells of a run that ended.',
    standard: 800,
    least: 1,
    most: 36_500,
    unit: 'days',
  }),
  attachmentMib: whole({
    name: 'ROLLCALL_MAIL_ATTACHMENT_MIB',
    about: 'A report up to this size is attached to its e-mail; a larger one is linked to.',
    standard: 10,
    least: 0,
    most: 1_024,
    unit: 'MiB',
  }),
  catchUpPeriods: whole({
    name: 'ROLLCALL_CATCH_UP_PERIODS',
    about:
      'How many missed periods of a subscription are made up for after a standstill; older ones stand in its ledger as skipped.',
    standard: 31,
    least: 1,
    most: 1_000,
  }),
  webhookPrivate: flag({
    name: 'ROLLCALL_WEBHOOK_PRIVATE',
    about: 'Whether webhooks may call this machine and addresses of private networks.',
    standard: false,
  }),
  exportSeconds: whole({
    name: 'ROLLCALL_EXPORT_SECONDS',
    about: 'Longest time the engine may take for one export.',
    standard: 3_600,
    least: 1,
    most: 3_600,
    unit: 'seconds',
  }),
} as const
