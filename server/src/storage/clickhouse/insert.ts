import { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { insertError } from './faults.ts'

const CHUNK_CHARS = 65_536

/** Lines joined to chunks of some size, so that a batch is never one string. */
function* chunks(lines: readonly string[]): Generator<string> {
  let chunk = ''
  for (const line of lines) {
    chunk += line
    chunk += '\n'
    if (chunk.length >= CHUNK_CHARS) {
      yield chunk
      chunk = ''
    }
  }
  if (chunk) yield chunk
}

const settings = (rows: number, token: string): ClickHouseSettings => ({
  insert_deduplication_token: token,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
  wait_end_of_query: 1,
  // One block whatever its size, read by one thread: a replay under the same token is the same block.
  input_format_parallel_parsing: 0,
  max_insert_threads: '1',
  max_insert_block_size: String(rows + 1),
  min_insert_block_size_rows: String(rows + 1),
  min_insert_block_size_bytes: '0',
  // What a merge does anyway is left to it: replacing rows of one key within the block, and the indexes beside the key.
  optimize_on_insert: 0,
  materialize_skip_indexes_on_insert: 0,
  // What looks like a date stays text, and a flag in a mixed list stays a flag.
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_json_read_bools_as_strings: 0,
  input_format_json_read_bools_as_numbers: 0,
  // {"a.b":1,"a":{"b":2}} names one path twice: the first counts.
  type_json_skip_duplicated_paths: 1,
})

/**
 * Inserts lines of JSON as one block, so that they are in or out together, and in the rollups too; a replayed token
 * changes nothing. Resolves when they are durable.
 * @throws RowsRefused when the engine finds fault with the data; other errors are worth trying again
 */
export const insertLines = async (app: ClickHouseClient, lines: readonly string[], token: string): Promise<void> => {
  if (lines.length === 0) return
  try {
    const { stream } = await app.exec({
      query: 'INSERT INTO events FORMAT JSONEachRow',
      values: Readable.from(chunks(lines), { objectMode: false }),
      clickhouse_settings: settings(lines.length, token),
    })
    for await (const _ of stream);
  } catch (error) {
    throw insertError(error)
  }
}
