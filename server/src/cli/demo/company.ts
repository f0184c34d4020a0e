import { uuidOf } from './chance.ts'

export interface Application {
  readonly id: string
  readonly name: string
  readonly type: 'saml' | 'oidc'
}

export interface Person {
  readonly userId: string
  readonly personId: string
  readonly firstname: string
  readonly lastname: string
  readonly email: string
  readonly department: keyof typeof departments
  readonly deviceId: string
  readonly device: string
  readonly ip: string
  /** When the working day starts, in hours of the company's clock. */
  readonly start: number
}

const application = (id: string, name: string, type: Application['type']): Application => ({ id, name, type })

const mail = application('sp-mail', 'Microsoft 365', 'saml')
const chat = application('sp-chat', 'Slack', 'saml')
const people = application('sp-people', 'Workday', 'saml')
const tickets = application('sp-tickets', 'Jira', 'oidc')
const code = application('sp-code', 'GitHub', 'oidc')
const cloud = application('sp-cloud', 'AWS Console', 'saml')
const customers = application('sp-customers', 'Salesforce', 'saml')
const service = application('sp-service', 'ServiceNow', 'saml')
const network = application('sp-vpn', 'VPN', 'oidc')

/** What each department works with; the first is opened by everyone every day. */
export const departments = {
  Engineering: [mail, code, tickets, chat, cloud, network],
  Sales: [mail, customers, chat, network],
  Support: [mail, service, tickets, customers],
  Finance: [mail, people, service],
  People: [mail, people, chat],
  IT: [mail, cloud, service, network, code],
} as const satisfies Record<string, readonly [Application, ...Application[]]>

const devices = ['iPhone 15', 'iPhone 13', 'Pixel 8', 'Galaxy S23', 'iPhone 14'] as const

const named: readonly (readonly [name: string, department: Person['department']])[] = [
  ['Ada Brunner', 'IT'],
  ['Bilal Haddad', 'Engineering'],
  ['Carla Moretti', 'Sales'],
  ['Daniel Okafor', 'Engineering'],
  ['Elif Yilmaz', 'Support'],
  ['Felix Gerber', 'Finance'],
  ['Grace Owusu', 'Engineering'],
  ['Hana Suzuki', 'Sales'],
  ['Ivo Petrov', 'Engineering'],
  ['Jana Novak', 'People'],
  ['Kofi Mensah', 'Support'],
  ['Laura Keller', 'Sales'],
  ['Mateo Rojas', 'Engineering'],
  ['Nina Andersen', 'Finance'],
  ['Omar Farouk', 'Engineering'],
  ['Priya Nair', 'Engineering'],
  ['Quentin Dubois', 'Sales'],
  ['Rosa Lindt', 'Support'],
  ['Samir Khan', 'IT'],
  ['Tessa Visser', 'Engineering'],
  ['Ugo Conti', 'Sales'],
  ['Vera Horak', 'Support'],
  ['Wei Chen', 'Engineering'],
  ['Xenia Pappas', 'Finance'],
  ['Yara Silva', 'Sales'],
  ['Zoe Meier', 'Engineering'],
  ['Anton Weiss', 'Engineering'],
  ['Bea Fischer', 'Support'],
  ['Cyril Blanc', 'Sales'],
  ['Dora Szabo', 'Engineering'],
  ['Emil Larsson', 'Support'],
  ['Fiona Walsh', 'Sales'],
  ['Goran Ilic', 'Engineering'],
  ['Helga Baumann', 'Finance'],
  ['Ines Costa', 'People'],
  ['Jonas Frei', 'IT'],
  ['Kira Popova', 'Engineering'],
  ['Liam Doyle', 'Support'],
]

const joining: typeof named = [
  ['Maya Steiner', 'Engineering'],
  ['Noah Bianchi', 'Sales'],
  ['Olga Kuznetsova', 'Support'],
  ['Pablo Herrera', 'Engineering'],
  ['Rana Aziz', 'Finance'],
  ['Sven Nilsson', 'Engineering'],
  ['Thea Wagner', 'People'],
  ['Uma Patel', 'Sales'],
]

const person = ([name, department]: (typeof named)[number], at: number): Person => {
  const [firstname = '', lastname = ''] = name.split(' ')
  const userId = `${firstname}.${lastname}`.toLowerCase()
  return {
    userId,
    personId: uuidOf(`person ${userId}`),
    firstname,
    lastname,
    email: `${userId}@acme.example`,
    department,
    deviceId: uuidOf(`device ${userId}`),
    device: devices[at % devices.length] ?? devices[0],
    ip: `198.51.100.${10 + at}`,
    start: 7 + (at % 4),
  }
}

/** Who works at the company all the time. */
export const staff: readonly Person[] = named.map(person)
/** Who joins: one a week, in turn. */
export const newcomers: readonly Person[] = joining.map((one, at) => person(one, at + 60))
/** Who looks after the directory and the applications. */
export const administrators: readonly Person[] = staff.filter((one) => one.department === 'IT')
