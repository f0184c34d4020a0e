import { join } from 'node:path'
import { type Xml, xml } from './xml.ts'

export interface ServerConfig {
  /** Holds the rotating log. */
  folder: string
  usersFile: string
  port: number
  /** Without it in the header X-Rollcall-Key every request but /ping is a 404. */
  key: string
  memoryBytes: number
}

const MiB = 1024 * 1024

/** The text of the engine's config.xml. */
export function serverConfig({ folder, usersFile, port, key, memoryBytes }: ServerConfig): string {
  const cache = Math.min(64 * MiB, Math.floor(memoryBytes / 16))
  return xml({
    listen_host: '127.0.0.1',
    http_port: port,
    users_config: usersFile,
    timezone: 'UTC',
    max_server_memory_usage: memoryBytes,
    logger: { log: join(folder, 'engine.log'), size: '10M', count: 3, levels: { logger: quoting } },
    ...caches(cache),
    // Measuring itself every second, as it does by default, is most of what the idle engine would do.
    asynchronous_metrics_update_period_s: 60,
    // With two, its default, the housekeeping of several tables waits and the log fills with warnings about it.
    background_schedule_pool_size: 8,
    http_handlers: { rule: [ping, queries(key)] },
    access_control_improvements: {
      select_from_system_db_requires_grant: 'true',
      select_from_information_schema_requires_grant: 'true',
      settings_constraints_replace_previous: 'true',
      on_cluster_queries_require_cluster_grant: 'true',
      // With this section present a table engine needs a grant of its own, which app's rights do not list.
      table_engines_require_grant: 'false',
    },
  })
}

/** Parts of the engine that quote what they cannot read, and queries with their values: their callers hear it anyway. */
const quoting = ['executeQuery', 'DynamicQueryHandler'].map((name) => ({ name, level: 'none' }))

const ping = { url: '/ping', methods: 'GET', handler: { type: 'ping' } }

const queries = (key: string) => ({
  url: '/',
  headers: { 'X-Rollcall-Key': key },
  handler: { type: 'dynamic_query_handler', query_param_name: 'query' },
})

/** Sizes in bytes. The defaults of several are gigabytes, which the engine takes for itself before it gives any back. */
const caches = (size: number): Record<string, Xml> => ({
  mark_cache_size: size,
  index_mark_cache_size: size,
  primary_index_cache_size: size,
  text_index_tokens_cache_size: size,
  text_index_header_cache_size: size,
  text_index_postings_cache_size: size,
  compiled_expression_cache_size: Math.floor(size / 2),
  uncompressed_cache_size: 0,
  index_uncompressed_cache_size: 0,
  vector_similarity_index_cache_size: 0,
  point_in_polygon_cache_size: 0,
  query_condition_cache_size: 0,
  query_cache: { max_size_in_bytes: 0 },
})
