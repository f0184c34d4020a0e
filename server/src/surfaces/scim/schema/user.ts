import { attribute, type Schema, values } from './attribute.ts'

const workHome = ['work', 'home', 'other'] as const

export const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    attribute('userName', 'The name that the user signs in with; no two users of a realm have the same.', {
      required: true,
      uniqueness: 'server',
    }),
    attribute('name', 'The parts of the user’s name.', {
      type: 'complex',
      subAttributes: [
        attribute('formatted', 'The whole name.'),
        attribute('familyName', 'The family name.'),
        attribute('givenName', 'The given name.'),
        attribute('middleName', 'The middle names.'),
        attribute('honorificPrefix', 'Titles before the name.'),
        attribute('honorificSuffix', 'What stands behind the name.'),
      ],
    }),
    attribute('displayName', 'The name that people read.'),
    attribute('nickName', 'What the user is called.'),
    attribute('profileUrl', 'The address of a page about the user.', {
      type: 'reference',
      referenceTypes: ['external'],
    }),
    attribute('title', 'What the user is in the organisation.'),
    attribute('userType', 'The relation to the organisation.'),
    attribute('preferredLanguage', 'The preferred language.'),
    attribute('locale', 'How dates and numbers are written.'),
    attribute('timezone', 'The time zone, such as Europe/Zurich.'),
    attribute('active', 'Whether the account may be used.', { type: 'boolean' }),
    values('emails', 'E-mail addresses.', {}, workHome),
    values('phoneNumbers', 'Telephone numbers.', {}, [...workHome, 'mobile', 'fax', 'pager']),
    values('ims', 'Instant messaging addresses.'),
    values('photos', 'Addresses of pictures.', { type: 'reference', referenceTypes: ['external'], caseExact: true }),
    attribute('addresses', 'Postal addresses.', {
      type: 'complex',
      multiValued: true,
      subAttributes: [
        attribute('formatted', 'The whole address.'),
        attribute('streetAddress', 'Street and number.'),
        attribute('locality', 'The place.'),
        attribute('region', 'The state or region.'),
        attribute('postalCode', 'The postal code.'),
        attribute('country', 'The country.'),
        attribute('type', 'What kind of address it is.', { canonicalValues: workHome }),
        attribute('primary', 'Whether it is the preferred one.', { type: 'boolean' }),
      ],
    }),
    attribute('groups', 'The groups that the user is a member of.', {
      type: 'complex',
      multiValued: true,
      mutability: 'readOnly',
      subAttributes: [
        attribute('value', 'The id of the group.', { mutability: 'readOnly', caseExact: true }),
        attribute('$ref', 'The address of the group.', {
          type: 'reference',
          referenceTypes: ['Group'],
          mutability: 'readOnly',
        }),
        attribute('display', 'The name of the group.', { mutability: 'readOnly' }),
        attribute('type', 'How the user came to it.', { mutability: 'readOnly', canonicalValues: ['direct'] }),
      ],
    }),
    values('entitlements', 'What the user may have.'),
    values('roles', 'The roles of the user: each value is a role’s id.', { caseExact: true }),
    values('x509Certificates', 'Certificates.', { type: 'binary', caseExact: true }),
  ],
}

export const enterpriseSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: [
    attribute('employeeNumber', 'The number of the employee.'),
    attribute('costCenter', 'The cost centre.'),
    attribute('organization', 'The organisation.'),
    attribute('division', 'The division.'),
    attribute('department', 'The department.'),
    attribute('manager', 'The user’s manager.', {
      type: 'complex',
      subAttributes: [
        attribute('value', 'The id of the manager.', { caseExact: true }),
        attribute('$ref', 'The address of the manager.', { type: 'reference', referenceTypes: ['User'] }),
        attribute('displayName', 'The name of the manager.'),
      ],
    }),
  ],
}
