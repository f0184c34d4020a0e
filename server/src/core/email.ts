const LONGEST = 254
const LONGEST_LOCAL = 64
/** No quoted local parts and no comments: what a header could read otherwise than it was meant is no address here. */
const ADDRESS =
  /^[^\s\p{C}@<>()[\]\\,;:"]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u

/** Whether a text is one plain e-mail address, `name@host.example`, and nothing else. */
export const isEmail = (text: unknown): text is string =>
  typeof text === 'string' &&
  text.length <= LONGEST &&
  text.indexOf('@') <= LONGEST_LOCAL &&
  text.isWellFormed() &&
  ADDRESS.test(text)
