-- What is counted over time, one row for each subject, name and period; what each subject counts stands in the view.
-- A quarter is that of UTC and has no clock (0). Days and months are those of the realm's wall clock, under the number of
-- the clock that stamped them. Quarters are apart, so that a question about days reads nothing that grows with events.
CREATE TABLE IF NOT EXISTS rollups (
  tenant_id LowCardinality(String),
  community_id LowCardinality(String),
  subject LowCardinality(String),
  unit LowCardinality(String),
  clock UInt16,
  name LowCardinality(String),
  period Int32,
  events SimpleAggregateFunction(sum, UInt64),
  members AggregateFunction(uniqExact, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY unit = 'quarter'
ORDER BY (tenant_id, community_id, subject, unit, clock, name, period)
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000

-- next statement
CREATE MATERIALIZED VIEW IF NOT EXISTS rollups_feed TO rollups AS
SELECT
  tenant_id, community_id, counted.1 AS subject, counted.2 AS unit,
  if(unit IN ('day', 'month'), stamped, 0) AS clock,
  multiIf(
    subject = 'method', auth_method,
    subject = 'login', auth_module,
    subject = 'failure', reason,
    subject = 'proofing', concat(substring(action, 10), if(outcome = 'unknown', '', concat('.', outcome))),
    subject = 'presence', '',
    application) AS name,
  multiIf(
    unit = 'quarter', toInt32((ms - positiveModulo(ms, 900000)) / 900000),
    unit = 'day', day,
    unit = 'month', toInt32(toRelativeMonthNum(addDays(toDate32('1970-01-01'), day)) - toRelativeMonthNum(toDate32('1970-01-01'))),
    0) AS period,
  sum(subject NOT IN ('login', 'application', 'presence', 'proofing')) AS events,
  uniqExactStateIf(
    if(subject = 'proofing', sipHash64(if(session_id = '', event_id, session_id)), sipHash64(user_id)),
    subject = 'proofing' OR (user_id != '' AND subject IN ('login', 'application', 'presence'))) AS members
FROM (
  SELECT
    tenant_id, community_id, clock AS stamped, action, outcome, application, auth_method, auth_module, reason,
    session_id, event_id, user_id,
    toUnixTimestamp64Milli(event_ts) AS ms,
    toInt32((local_hour - positiveModulo(local_hour, 24)) / 24) AS day,
    arrayJoin(arrayConcat(
      if(application = '', [], [('named', 'ever')]),
      multiIf(
        action = 'login' AND outcome = 'success',
          [('method', 'day'), ('method', 'quarter'), ('login', 'day'), ('login', 'month')],
        action = 'login' AND outcome = 'failure',
          [('failure', 'day'), ('failure', 'quarter')],
        action = 'login.redirect' AND outcome != 'failure',
          [('redirect', 'day'), ('redirect', 'quarter'), ('presence', 'day'), ('presence', 'month')],
        action = 'factor.verified' AND outcome != 'failure',
          [('presence', 'day'), ('presence', 'month')],
        action IN ('user.onboarded', 'registration.created') AND outcome != 'failure',
          [('registration', 'ever'), ('registration', 'quarter')],
        startsWith(action, 'proofing.'),
          [('proofing', 'day'), ('proofing', 'quarter')],
        []),
      if(application != '' AND user_id != '' AND (
          action = 'login' AND outcome = 'success' OR action IN ('login.redirect', 'factor.verified') AND outcome != 'failure'),
        [('application', 'day'), ('application', 'month')], []))) AS counted
  FROM events
)
GROUP BY tenant_id, community_id, subject, unit, clock, name, period
