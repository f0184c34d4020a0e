import type { ClickHouseSettings } from '@clickhouse/client'

/** What every query of a report sets. The user behind it needs `readonly = 2`, or leave for each of these. */
export const reportSettings = (seconds: number): ClickHouseSettings => ({
  max_execution_time: seconds,
  do_not_merge_across_partitions_select_final: 1,
  // Rows of one key are one event, so that an index finds all of them or none.
  use_skip_indexes_if_final_exact_mode: 0,
  exact_rows_before_limit: 0,
  output_format_json_quote_64bit_integers: 0,
  wait_end_of_query: 1,
  // For the row filter; and so that a query ends with its asker's connection.
  allow_get_client_http_header: 1,
  cancel_http_readonly_queries_on_client_close: 1,
})

/** What a page sets that counts all rows besides. A read in the table's order would end with the page, and tell too few. */
export const countingSettings: ClickHouseSettings = { exact_rows_before_limit: 1, optimize_read_in_order: 0 }
