import { timingSafeEqual } from 'node:crypto'
import { Fault } from '../../core/fault.ts'
import { fileName, formats, isFormat } from '../../core/format.ts'
import { externalKind } from '../../core/job.ts'
import { demand, type Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Secret } from '../../core/secret.ts'
import type { Control } from '../../ports/control.ts'
import type { Files } from '../../ports/files.ts'
import type { DeliveryRecord, JobOrder, JobRecord } from '../../ports/jobs.ts'
import type { ExportPayload, ExportResult } from '../exports/payload.ts'
import { hashSecret } from '../keys/secrets.ts'
import type { FindRealm } from '../realms/enter.ts'
import { cleanUpRunFiles, openRunFile } from '../subscriptions/run-files.ts'
import type { Links, OpenedFile } from './links.ts'

/** A realm's jobs, as those who may see them do. */
export interface JobUses {
  list(
    principal: Principal,
    realm: Realm,
    options: {
      readonly kinds?: readonly string[]
      readonly order?: readonly { readonly by: JobOrder; readonly descends: boolean }[]
      readonly skip: number
      readonly size: number
    },
  ): Promise<{ readonly jobs: readonly JobRecord[]; readonly total: number }>
  /** @throws Fault `not-found` */
  get(principal: Principal, realm: Realm, id: string): Promise<JobRecord>
  /** @throws Fault `not-found`, `conflict` when it has ended already */
  cancel(principal: Principal, realm: Realm, id: string): Promise<JobRecord>
  /** The messages that tell of a job, with where each stands. */
  deliveries(principal: Principal, realm: Realm, id: string): Promise<readonly DeliveryRecord[]>
  /** Sends a message again by hand. @throws Fault `not-found`, `conflict` when it neither failed nor is unknown */
  resend(principal: Principal, realm: Realm, id: string): Promise<DeliveryRecord>
  /** Keeps a job that another worker does. @throws Fault `conflict` */
  keep(
    principal: Principal,
    realm: Realm,
    job: { id: string; status: string; requestedBy: string; payload: unknown } & External,
  ): Promise<JobRecord>
  /** What that worker says of its job, with the worker's key. @throws Fault `forbidden`, `not-found` */
  report(
    key: string,
    realmIds: { tenantId: string; communityId: string },
    id: string,
    said: { status: string; downloadLink?: string } & Partial<External>,
  ): Promise<JobRecord>
  /** The signed, expiring address of a job's file; undefined while, or when, it has none. */
  link(job: JobRecord): string | undefined
  /** Opens a job's file. @throws Fault `not-found` */
  file(principal: Principal, realm: Realm, id: string): Promise<OpenedFile>
  /** Opens the file of a signed address. @throws Fault `not-found` when it has expired, or was not made here */
  openLink(token: string): Promise<OpenedFile>
  /** Removes files and jobs past their retention, at once; answers how many files. */
  cleanUp(): Promise<number>
}

interface External {
  readonly createdAt: number
  readonly finishedAt: number | null
  readonly bytes: number | null
}

export interface JobParts {
  readonly control: Control
  readonly files: Files
  readonly links: Links
  readonly findRealm: FindRealm
  readonly now: () => number
  /** Under which clients reach this server, without a slash at its end. */
  readonly publicUrl: () => string
  /** With which a worker outside reports on its jobs; nobody may while there is none. */
  readonly workerKey: Secret | undefined
  /** How long, in milliseconds: a link opens its file, a file is kept, an ended job and a run are listed. */
  readonly linkMs: number
  readonly fileMs: number
  readonly jobMs: number
  readonly ledgerMs: number
  /** Told when there is something new to do. */
  readonly kick: () => void
}

const FILES_AT_ONCE = 100

/** Which rows a file has, for its name, where it does not have all. */
const partOf = ({ payload, rows }: JobRecord, total = rows): string => {
  if (rows >= total) return ''
  const { skip } = payload as ExportPayload
  return rows === 0 ? ` none of ${total}` : ` ${skip + 1}-${skip + rows} of ${total}`
}

export const createJobs = (parts: JobParts): JobUses => {
  const { control, files, links, now } = parts
  const { jobs, deliveries } = control
  const workerHash = parts.workerKey && hashSecret(parts.workerKey.reveal())
  const isWorker = (key: string): boolean => workerHash !== undefined && timingSafeEqual(hashSecret(key), workerHash)
  const noJob = (id: string): Fault =>
    new Fault('not-found', { what: 'job', id }, `There is no job ${JSON.stringify(id)} here`)

  const find = async (principal: Principal, realm: Realm, id: string): Promise<JobRecord> => {
    demand(principal, 'jobs.manage', realm)
    const job = await jobs.get(realm, id)
    // Who sees only a part of the realm sees only what they asked for themselves.
    if (!job || (principal.sight && job.owner !== principal.id)) throw noJob(id)
    return job
  }

  const open = async (job: JobRecord): Promise<OpenedFile> => {
    const gone = new Fault(
      'not-found',
      { what: 'file', id: job.id },
      job.status === 'completed'
        ? 'The file of this job is not kept any more; ask for the report again'
        : `This job has no file: it is ${job.status}`,
    )
    if (job.file === null) throw gone
    const found = await files.read(job.realm, job.file)
    if (!found) throw gone
    const { format, title, total } = (job.result ?? {}) as Partial<ExportResult>
    const form = isFormat(format) ? format : 'csv'
    const part = partOf(job, total)
    return { ...found, name: fileName(`${title ?? job.kind}${part}`, form), media: formats[form].mediaType }
  }

  const cancelExternal = async (realm: Realm, job: JobRecord): Promise<boolean> => {
    if (/^(completed|failed|cancell?ed)$/i.test(job.status)) return false
    return Boolean(await jobs.report(realm, job.id, { status: 'Cancelled', payload: job.payload, finishedAt: now() }))
  }

  return {
    async list(principal, realm, options) {
      demand(principal, 'jobs.manage', realm)
      return await jobs.list(realm, { ...options, ...(principal.sight ? { owner: principal.id } : {}) })
    },

    get: find,

    async cancel(principal, realm, id) {
      const job = await find(principal, realm, id)
      const cancelled =
        job.kind === externalKind ? await cancelExternal(realm, job) : await jobs.cancel(realm, id, now())
      const after = await find(principal, realm, id)
      if (!cancelled)
        throw new Fault(
          'conflict',
          { what: 'jobId', id, why: 'ended' },
          `This job cannot be cancelled any more: it is ${after.status}`,
        )
      return after
    },

    async deliveries(principal, realm, id) {
      const job = await find(principal, realm, id)
      return await deliveries.of(realm, { kind: 'job', id: job.id })
    },

    async resend(principal, realm, id) {
      demand(principal, 'jobs.manage', realm)
      const delivery = await deliveries.get(realm, id)
      const missing = new Fault(
        'not-found',
        { what: 'delivery', id },
        `There is no delivery ${JSON.stringify(id)} here`,
      )
      if (!delivery) throw missing
      if (principal.sight && delivery.owner.kind === 'job') await find(principal, realm, delivery.owner.id)
      if (!(await deliveries.again(realm, id, now())))
        throw new Fault(
          'conflict',
          { what: 'delivery', id, why: 'state' },
          `Only a delivery that failed, or that is unknown, can be sent again; this one is ${delivery.state}`,
        )
      parts.kick()
      const after = await deliveries.get(realm, id)
      if (!after) throw missing
      return after
    },

    async keep(principal, realm, { id, status, requestedBy, payload, createdAt, finishedAt, bytes }) {
      demand(principal, 'jobs.manage', realm)
      const job = { id, kind: externalKind, owner: principal.id, status, requestedBy, payload, mostAttempts: 0 }
      return await jobs.create(realm, { ...job, createdAt, finishedAt, bytes })
    },

    async report(key, { tenantId, communityId }, id, { status, downloadLink, finishedAt, bytes }) {
      if (!isWorker(key))
        throw new Fault(
          'forbidden',
          { reason: 'permission', need: 'worker' },
          'This is not the key of the worker, or none is set on this server',
        )
      const realm = (await parts.findRealm(tenantId, communityId))?.realm
      const job = realm && (await jobs.get(realm, id))
      if (!realm || job?.kind !== externalKind) throw noJob(id)
      const payload = { ...(job.payload as object), status, ...(downloadLink === undefined ? {} : { downloadLink }) }
      const said = await jobs.report(realm, id, {
        status,
        payload,
        ...(finishedAt === undefined ? {} : { finishedAt }),
        ...(bytes === undefined ? {} : { bytes }),
      })
      if (!said) throw noJob(id)
      return said
    },

    link(job) {
      if (job.file === null || job.status !== 'completed') return undefined
      const kept = (job.finishedAt ?? now()) + parts.fileMs
      const { tenantId, communityId } = job.realm
      const until = Math.min(now() + parts.linkMs, kept)
      return `${parts.publicUrl()}/files/${links.sign({ tenantId, communityId, jobId: job.id, until })}`
    },

    file: async (principal, realm, id) => open(await find(principal, realm, id)),

    async openLink(token) {
      const linked = links.read(token)
      const wrong = (why: string): Fault => new Fault('not-found', { what: 'file', id: 'link' }, why)
      if (!linked) throw wrong('This address opens nothing: it is not complete, or was not made by this server')
      if (linked.until <= now())
        throw wrong('This link has expired; find a new one in the list of downloads, or ask for the report again')
      if (linked.format) return await openRunFile(parts, linked)
      const realm = (await parts.findRealm(linked.tenantId, linked.communityId))?.realm
      const job = realm && (await jobs.get(realm, linked.jobId))
      if (!job) throw wrong('The download of this link is not kept any more; ask for the report again')
      return await open(job)
    },

    async cleanUp() {
      let removed = await cleanUpRunFiles(parts)
      for (;;) {
        const old = await jobs.withFiles(now() - parts.fileMs, FILES_AT_ONCE)
        for (const { realm, id, file } of old) {
          if (file !== null) await files.remove(realm, file)
          await jobs.forgetFile(realm, id)
          removed += 1
        }
        if (old.length < FILES_AT_ONCE) break
      }
      await jobs.forget(now() - parts.jobMs)
      return removed
    },
  }
}
