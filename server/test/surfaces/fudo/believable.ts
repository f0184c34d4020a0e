/** A native call as the operator; answers status and body. */
type Call = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }>

/** People of a company that works in five scripts. */
const people = [
  ['ann.keller', 'Ann Keller'],
  ['zoe.mueller', 'Zoë Müller-Lüdenscheidt'],
  ['o.ivanova', 'Ольга Иванова'],
  ['e.papadopoulou', 'Ελένη Παπαδοπούλου'],
  ['wang.xiaoming', '王小明'],
  ['t.yamada', '山田たろう'],
  ['m.kim', '김민준'],
  ['m.abdullah', 'محمد عبد الله'],
  ['1224979098644774913', 'Jean-Baptiste Grégoire de la Tour d’Auvergne'],
] as const

const servers = [
  ['srv-101', 'web-1.globex.example', 'Shop, first', 'ssh', 'linux', 'deploy'],
  ['srv-102', 'db-1.globex.example', 'Заказы', 'mysql', 'databases', 'orders_admin'],
  ['srv-103', 'dc-1.globex.example', '域控制器', 'rdp', 'windows', 'administrator'],
  ['srv-104', 'erp-1.globex.example', 'المالية', 'rdp', 'windows', 'erp_admin'],
  ['srv-105', 'hr-1.globex.example', 'Πύλη προσωπικού', 'ssh', 'linux', 'root'],
  [
    'srv-106',
    'plc-gateway-hall-7-line-3.production.globex.example',
    'PLC gateway of hall 7, line 3',
    'tcp',
    'plant',
    'service',
  ],
] as const

const safes = { linux: 'Linux servers', databases: 'Базы данных', windows: 'Windows servers', plant: '工場設備' }
const reasons = [
  'Patch day',
  'Ticket 4711',
  'Восстановление из резервной копии',
  'Monthly check of accounts',
  '定期点検',
  '',
]

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seven sessions of each day before an instant, told as events; what they are follows from their number alone. */
const sessionsBefore = (now: number, days: number): object[] =>
  Array.from({ length: days * 7 }, (_, at) => {
    const [user] = people[(at * 5 + Math.floor(at / 11)) % people.length] ?? people[0]
    const [server, , , protocol, safe, account] = servers[(at * 11 + Math.floor(at / 5)) % servers.length] ?? servers[0]
    const start = Math.floor(now / DAY) * DAY - DAY * (1 + Math.floor(at / 7)) + 7 * HOUR + (at % 7) * 97 * MINUTE
    const session_id = `0190c1a4-7b1e-7${(at * 7919 + 4096).toString(16).padStart(3, '0').slice(-3)}-9d2f-${(at * 104_729 + 0xc0ffee).toString(16).padStart(12, '0')}`
    const guarded = safe !== 'linux'
    const boss = people[(at + 3) % people.length]?.[0]
    const happens = (event_name: string, minutes: number, more: object = {}) => ({
      event_name,
      session_id,
      user_id: user,
      timestamp: start + minutes * MINUTE,
      ...more,
    })
    return [
      happens('session.started', 0, {
        protocol,
        ...(protocol === 'rdp' ? { subprotocol: 'tls' } : {}),
        server_id: server,
        account_id: account,
        safe_id: safe,
        listener_id: `bastion-${protocol}`,
        reason: reasons[at % reasons.length],
        approval_required: guarded,
        retention_locked: at % 9 === 0,
        ip: `192.0.2.${10 + (at % 40)}`,
      }),
      ...(guarded ? [happens(at % 13 === 0 ? 'session.declined' : 'session.approved', 1, { actor_id: boss })] : []),
      ...(at % 4 === 0
        ? [happens('session.shared', 4, { actor_id: user, shared_with: people[(at + 1) % people.length]?.[0] })]
        : []),
      ...(at % 31 === 5
        ? []
        : [happens(at % 17 === 0 ? 'session.terminated' : 'session.finished', 5 + ((at * 37) % 180))]),
    ]
  }).flat()

/** Fills a realm with a company's directory and its privileged sessions of some days, as a bastion would tell them. */
export const fillCompany = async (call: Call, path: string, now: number, days: number): Promise<void> => {
  const put = async (kind: string, id: string, body: object): Promise<void> => {
    const answer = await call('PUT', `${path}/directory/${kind}/${id}`, body)
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
  }
  for (const [id, display] of people)
    await put('user', id, { name: id, display, attributes: { email: `${id}@globex.example` } })
  for (const [id, name, display] of servers)
    await put('server', id, { name, display, attributes: { address: '192.0.2.7' } })
  for (const [id, display] of Object.entries(safes)) {
    await put('safe', id, { name: id, display })
    await put('grant', `edit-${id}`, {
      subject: { kind: 'user', id: people[id.length % people.length]?.[0] },
      relation: 'edit',
      object: { kind: 'safe', id },
    })
  }
  await put('role', 'admin', { name: 'admin' })
  for (const [id] of people.slice(0, 3))
    await put('role_assignment', `admin-${id}`, {
      subject: { kind: 'user', id },
      object: { kind: 'role', id: 'admin' },
    })
  for (const [id] of servers)
    await put('grant', `admin-${id}`, {
      subject: { kind: 'role', id: 'admin' },
      relation: 'edit',
      object: { kind: 'server', id },
    })
  const logins = people.map(([user_id], at) => ({
    event_name: 'login',
    user_id,
    outcome: 'success',
    timestamp: now - (at + 1) * HOUR,
  }))
  const sent = await call('POST', `${path}/events`, [...logins, ...sessionsBefore(now, days)])
  if (sent.status !== 200) throw new Error(JSON.stringify(sent.body))
}
