import { availableParallelism } from 'node:os'
import type { Xml } from './xml.ts'

/** What a report may take unless it asks for something else, and the bounds within which it may ask. */
const limits = (memoryBytes: number): Record<string, { usual?: number; least: number; most: number }> => ({
  max_execution_time: { usual: 30, least: 1, most: 3_600 },
  max_memory_usage: { usual: Math.floor(memoryBytes / 2), least: 1_000_000, most: Math.floor(memoryBytes * 0.75) },
  max_result_rows: { usual: 100_000, least: 1, most: 100_000_000 },
  max_result_bytes: { usual: 256_000_000, least: 1, most: 64_000_000_000 },
  max_bytes_before_external_sort: { least: 1_000_000, most: memoryBytes },
  max_bytes_before_external_group_by: { least: 1_000_000, most: memoryBytes },
  max_threads: { least: 1, most: availableParallelism() },
})

/** What a report may set as it likes: how an answer is written and sent, never what is in it. */
const free = [
  'enable_http_compression',
  'http_response_buffer_size',
  'http_send_timeout',
  'http_write_exception_in_output_format',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'log_comment',
  'max_block_size',
  'join_use_nulls',
  'final',
  'do_not_merge_across_partitions_select_final',
  'use_skip_indexes_if_final_exact_mode',
  'exact_rows_before_limit',
  'optimize_read_in_order',
  'session_timezone',
  'date_time_output_format',
  'format_csv_delimiter',
  'format_csv_null_representation',
  'output_format_csv_crlf_end_of_line',
  'output_format_write_statistics',
  'output_format_json_quote_64bit_integers',
  'output_format_json_quote_denormals',
  'output_format_json_quote_decimals',
  'output_format_json_escape_forward_slashes',
  'output_format_json_named_tuples_as_objects',
  'output_format_parquet_compression_method',
  'output_format_parquet_string_as_string',
  'output_format_parquet_row_group_size',
] as const

/** The settings profile of the report user: read-only, and every change that is not listed here is refused. */
export function reportProfile(memoryBytes: number): Xml {
  const bounded = Object.entries(limits(memoryBytes))
  return {
    readonly: 1,
    ...Object.fromEntries(bounded.flatMap(([name, { usual }]) => (usual === undefined ? [] : [[name, usual]]))),
    max_memory_usage_for_user: Math.floor(memoryBytes * 0.75),
    // A caller who goes away stops the query; the engine does this for read-only users alone.
    cancel_http_readonly_queries_on_client_close: 1,
    allow_get_client_http_header: 1,
    // What these remember of one realm's query must not answer another's: to them the row filter looks the same.
    use_query_cache: 0,
    use_query_condition_cache: 0,
    constraints: {
      ...Object.fromEntries(
        bounded.map(([name, { least, most }]) => [name, { min: least, max: most, changeable_in_readonly: true }]),
      ),
      ...Object.fromEntries(free.map((name) => [name, { changeable_in_readonly: true }])),
    },
  }
}
