import type { ClickHouseClient } from '@clickhouse/client'

/** The index on `words`: which rows hold three letters in a row. */
export const textIndex = 'by_words'

/**
 * Adds the text index or takes it away. It is built by merges and never by an insert, which it would make half as fast;
 * until its merge a part is read without it, as a whole.
 */
export const keepTextIndex = async (app: ClickHouseClient, wanted: boolean): Promise<void> => {
  await app.command({
    query: wanted
      ? `ALTER TABLE events ADD INDEX IF NOT EXISTS ${textIndex} words TYPE text(tokenizer = ngrams(3), posting_list_codec = 'bitpacking')`
      : `ALTER TABLE events DROP INDEX IF EXISTS ${textIndex}`,
  })
}
