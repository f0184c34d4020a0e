import type { Build } from '../../../http/surface.ts'

/** `<git-tag>.<commit-id>.<dob>`, or `<commit-id>.<dob>` of a build without a tag (1Kosmos Events, healthz). */
export const versionOf = ({ tag, commit, date }: Build): string =>
  [...(tag === null ? [] : [tag]), commit, date].join('.')
