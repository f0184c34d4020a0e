import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { uuidv7 } from 'uuidv7'
import type { App } from './app/app.ts'
import { type AppParts, createApp } from './app/create-app.ts'
import { createNoteLog, type NoteLog, noteBroken, noteSetAside } from './app/events/note-log.ts'
import type { Voice } from './app/exports/bytes.ts'
import { createLinks } from './app/jobs/links.ts'
import { operator } from './app/keys/authenticate.ts'
import { createSeal } from './app/keys/seal.ts'
import { proveSeal } from './app/keys/service-keys.ts'
import { noteStandardZone } from './app/realms/standard-zone.ts'
import { createRunEnded } from './app/subscriptions/run-ended.ts'
import { startBackground } from './compose/background.ts'
import { chores } from './compose/chores.ts'
import { openDataFolder } from './compose/data-folder.ts'
import { listen } from './compose/listen.ts'
import { readTls } from './compose/read-tls.ts'
import { setParts } from './compose/set-parts.ts'
import { type KeptKey, keepKey } from './config/key-file.ts'
import type { Settings } from './config/settings.ts'
import { createPublicAddress } from './core/public-address.ts'
import { HOUR_MS } from './core/window.ts'
import { listSurfaces } from './http/list-surfaces.ts'
import { createServer } from './http/server.ts'
import type { Http, SurfaceContext } from './http/surface.ts'
import { followDirectoryMirror, startDirectoryMirror } from './jobs/directory-mirror.ts'
import { startFollower } from './jobs/follower.ts'
import { startKeeper } from './jobs/keeper.ts'
import { startMover } from './jobs/mover.ts'
import { readBuild } from './observe/build.ts'
import { createLog, logTo } from './observe/log.ts'
import { createMetrics } from './observe/metrics.ts'
import { loadReports } from './reports/index.ts'
import { openEvents } from './storage/clickhouse/open.ts'
import { encodeRow, numberRow } from './storage/clickhouse/rows.ts'
import { openControl } from './storage/control/index.ts'
import { openFiles } from './storage/files/open.ts'
import { lockFolder } from './storage/folder-lock.ts'
import { readRemotely } from './storage/remote/remote-store.ts'
import { addedToEvent as addedByNative } from './surfaces/native/voice.ts'
import { addedToEvent as addedByOnekosmos } from './surfaces/onekosmos/voice.ts'

/** A running server. */
export interface Rollcall extends AsyncDisposable {
  /** Where clients reach it, without a slash at its end. */
  readonly url: string
  readonly adminKey: KeptKey
  readonly app: App
  readonly http: Http
  /** Process id of the embedded engine; undefined with a ClickHouse by URL. */
  enginePid(): number | undefined
  /** Stops taking requests, lets running ones end, and closes every part. */
  close(): Promise<void>
}

export interface ComposeOptions {
  readonly log?: Logger
  readonly now?: () => number
  /** Told what takes a while, as sentences. */
  readonly progress?: (sentence: string) => void
}

/** How long a service that has rows of ours may take for a page, and when it is asked once more. */
const REMOTE = { timeoutMs: 15_000, waitsMs: [500, 2_000] } as const

/** Opens every part from the settings and starts to serve: the only place that knows them all. */
export const compose = async (settings: Settings, options: ComposeOptions = {}): Promise<Rollcall> => {
  const log = options.log ?? createLog(settings.logLevel)
  const say = logTo(log)
  const now = options.now ?? Date.now
  const progress = options.progress ?? (() => undefined)
  const tls = await readTls(settings)
  const data = await openDataFolder(settings.data)
  await using opened = new AsyncDisposableStack()

  if (settings.controlUrl === undefined || settings.eventsUrl === undefined) opened.use(lockFolder(data))
  const adminKey = await keepKey(settings.adminKey, 'ROLLCALL_ADMIN_KEY', join(data, 'admin.key'))
  const masterKey = await keepKey(settings.masterKey, 'ROLLCALL_MASTER_KEY', join(data, 'master.key'))

  progress('Opening the control store and the event store')
  const state = opened.use(
    await openControl({
      url: settings.controlUrl ?? `sqlite:${data}`,
      limits: {
        rows: settings.inboxEvents,
        bytes: settings.inboxBytes,
        freeDisk: settings.inboxFreeDisk,
        windowMs: settings.idWindowHours * HOUR_MS,
        windowIds: settings.idWindowIds,
      },
      log: say,
      now,
    }),
  )
  // The folder holds all that there is and is locked: whoever held a lease was killed, and its engine with it.
  if (settings.controlUrl === undefined && settings.eventsUrl === undefined) await state.endLeases()
  await noteStandardZone(state.control.realms, settings.reportTimezone, say)
  const events = opened.use(
    await openEvents({
      urls:
        settings.eventsUrl !== undefined && settings.eventsReportUrl !== undefined
          ? { app: settings.eventsUrl, report: settings.eventsReportUrl }
          : undefined,
      folder: join(data, 'events'),
      memoryBytes: settings.engineMemory,
      querySeconds: settings.querySeconds,
      textIndex: settings.textIndex,
      exportSeconds: settings.exportSeconds,
      lock: state.exclusively,
      log: say,
      now,
    }),
  )

  const metrics = createMetrics()
  metrics.gauge({
    depth: () => state.inbox.depth(),
    setAside: () => state.inbox.countSetAside(),
    childRestarts: events.restarts,
    now,
  })
  const holder = `${hostname()}/${process.pid}/${uuidv7()}`
  // The use cases stand on what tells of itself here, and are made later.
  let note: NoteLog = async () => undefined
  const mover = opened.use(
    settings.role === 'api'
      ? startFollower(state.inbox)
      : startMover({
          inbox: state.inbox,
          store: events.store,
          holder,
          number: numberRow,
          aheadMs: settings.eventAheadHours * HOUR_MS,
          log: say,
          observe: metrics.moved,
          setAside: (...about) => noteSetAside(note)(...about),
        }),
  )
  const mirror = opened.use(
    settings.role === 'api'
      ? followDirectoryMirror(state.control.directory.outbox)
      : startDirectoryMirror({
          outbox: state.control.directory.outbox,
          put: (rows) => events.store.putDirectory(rows),
          holder,
          log: say,
        }),
  )
  const files = opened.use(await openFiles({ url: settings.filesUrl, folder: join(data, 'files') }))
  const seal = createSeal(masterKey.key)
  await proveSeal(state.control.serviceKeys, seal)
  // The worker starts last, and what is asked before it does it finds by itself.
  let wake = (): void => undefined
  let address = (): string => settings.publicUrl ?? ''
  let runEnded: AppParts['runEnded'] = async () => undefined
  const isPublic = createPublicAddress()
  const parts: AppParts = {
    control: state.control,
    inbox: state.inbox,
    store: readRemotely(events.store, {
      sources: settings.onekosmosSources,
      licence: settings.onekosmosSourceLicence ?? '',
      now,
      timeoutMs: REMOTE.timeoutMs,
      waitsMs: REMOTE.waitsMs,
    }),
    reports: await loadReports(),
    catchUp: (seq, timeoutMs) => mover.catchUp(seq, timeoutMs),
    catchUpDirectory: (version, timeoutMs) => mirror.catchUp(version, timeoutMs),
    encode: encodeRow,
    seal,
    now,
    adminKey: adminKey.key,
    ...setParts(settings),
    files,
    links: createLinks(masterKey.key),
    publicUrl: () => address(),
    node: hostname(),
    kick: () => wake(),
    definitions: {
      resolve: (owner, realm, id) => app.definitions.resolve(owner, realm, id),
      made: (owner, realm, id, _, { id: run, from, to }) =>
        app.generated.ofRun(owner, realm, id, { id: run, window: { from, to: to - 1 } }),
    },
    mayCall: (ip) => settings.webhookPrivate || isPublic(ip),
    runEnded: (run) => runEnded(run),
    voices: new Map<string, Voice>([
      ['native', (_realm, row) => addedByNative(row)],
      ['onekosmos', addedByOnekosmos],
    ]),
    log: say,
    count: metrics.count,
    observe: metrics.asked,
  }
  const app: App = createApp(parts)
  note = createNoteLog(app.ingest, say)
  runEnded = createRunEnded({
    log: say,
    count: metrics.ran,
    note: (realm, draft) => app.ingest(operator, realm, [draft]),
    noteLog: note,
  })
  if (settings.role !== 'api')
    opened.use(
      startKeeper(
        chores({
          settings,
          now,
          expire: (before) => events.store.expire(before),
          indexTexts: (before) => events.store.indexTexts(before),
          forgetKeys: (before) => state.control.serviceKeys.forget(before),
          cleanUp: () => app.jobs.cleanUp(),
          tell: () => app.directory.tell(),
        }),
        say,
      ),
    )

  let listening = `${tls ? 'https' : 'http'}://${settings.host}:${settings.port}`
  const context: SurfaceContext = {
    app,
    build: await readBuild(),
    get publicUrl() {
      return settings.publicUrl ?? listening
    },
    now,
    onekosmos: {
      profile: settings.onekosmosProfile,
      plain: settings.onekosmosPlain,
      allowedTimeSpan: settings.onekosmosTimeSpan,
      internalLicences: settings.onekosmosInternalLicences,
      directory: settings.onekosmosDirectory,
    },
    retentionDays: settings.retentionDays,
    limits: { bodyBytes: settings.bodyBytes, batchEvents: settings.batchEvents },
  }
  address = () => context.publicUrl
  if (settings.role !== 'api')
    wake = opened.use(await startBackground({ settings, data, parts, app, holder, note, ended: runEnded })).wake
  const http = await createServer({
    surfaces: settings.role === 'worker' ? [] : await listSurfaces(new URL('./surfaces/', import.meta.url)),
    context,
    log,
    ...(tls ? { tls } : {}),
    trustProxy: settings.trustProxy,
    rates: { all: settings.rateAddress, failed: settings.rateFailed, open: settings.rateOpen },
    // The longest answer asks four questions, one after the other.
    quietMs: (settings.idleSeconds + 4 * settings.querySeconds) * 1_000,
    metrics: metrics.read,
    observe: metrics.answered,
    broke: noteBroken(note, (tenantId, communityId) => app.enter(operator, tenantId, communityId), now),
  })
  opened.defer(() => http.close())
  await listen(http, settings)
  const bound = http.server.address()
  if (settings.port === 0 && bound !== null && typeof bound === 'object')
    listening = `${tls ? 'https' : 'http'}://${settings.host}:${bound.port}`

  const running = opened.move()
  return {
    get url() {
      return context.publicUrl
    },
    adminKey,
    app,
    http,
    enginePid: events.pid,
    close: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
