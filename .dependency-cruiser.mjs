/** The rooms of the server, and what each may import: the list reads downwards, and imports go down it. */
const allowed = {
  core: ['core'],
  ports: ['ports', 'core'],
  reports: ['reports', 'ports', 'core'],
  render: ['render', 'ports', 'core'],
  app: ['app', 'reports', 'render', 'ports', 'core'],
  http: ['http', 'app', 'reports', 'core'],
  jobs: ['jobs', 'app', 'ports', 'core'],
  storage: ['storage', 'ports', 'core'],
  delivery: ['delivery', 'ports', 'core'],
  config: ['config', 'core'],
  observe: ['observe', 'core'],
}

const room = (name) => `^server/src/${name}/`

const rooms = Object.entries(allowed).map(([name, may]) => ({
  name: `${name}-imports-only-${may.join('-')}`,
  severity: 'error',
  from: { path: room(name), pathNot: '\\.test\\.ts$' },
  to: {
    path: '^(server/src|client|bench|server/test)/',
    pathNot: may.map(room).concat('^server/src/core/catalogue\\.json$'),
  },
}))

export default {
  forbidden: [
    ...rooms,
    {
      name: 'a-surface-sees-http-app-reports-core-and-itself',
      severity: 'error',
      from: { path: '^server/src/surfaces/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(server/src|client|bench|server/test)/',
        pathNot: ['^server/src/surfaces/$1/', room('http'), room('app'), room('reports'), room('core')],
      },
    },
    {
      name: 'only-the-command-line-knows-how-parts-are-composed',
      severity: 'error',
      from: { path: '^server/src/(?!cli/|compose)' },
      to: { path: '^server/src/compose' },
    },
    {
      name: 'nothing-knows-the-command-line',
      severity: 'error',
      from: { path: '^server/src/(?!cli/)' },
      to: { path: '^server/src/cli/' },
    },
    {
      name: 'fastify-lives-under-http-and-surfaces',
      severity: 'error',
      from: { path: '^server/src/', pathNot: ['^server/src/(http|surfaces)/'] },
      to: { path: 'node_modules/(fastify|@fastify)/' },
    },
    {
      name: 'drivers-live-under-storage',
      severity: 'error',
      from: { path: '^server/src/', pathNot: ['^server/src/storage/'] },
      to: { path: 'node_modules/(@clickhouse|kysely|pg|ffi-rs|@aws-sdk)/' },
    },
    {
      name: 'mail-is-sent-under-delivery',
      severity: 'error',
      from: { path: '^server/src/', pathNot: ['^server/src/delivery/'] },
      to: { path: 'node_modules/nodemailer/' },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^server/src/' }, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^server/src/',
        pathNot: ['\\.d\\.ts$', '\\.mjs$', 'cli/rollcall\\.ts$', '/(thread|worker)[^/]*\\.ts$'],
      },
      to: {},
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: { path: '^(server|client)/src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['\\.test\\.ts$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
