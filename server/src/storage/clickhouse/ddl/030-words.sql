-- What an event says, for searching it by any text: every text value of it as it was sent (names of members left out,
-- escapes read), and what the server found or added, folded by case, with unit separators between them.
-- A value stands between quotes and no colon follows it. Escaped quotes and backslashes are hidden as control characters,
-- which no JSON text holds as they are, while it is cut at its quotes (the engine overlooks a byte FF in a search). An
-- expression and not a value of the sender's, so that it can never differ from the event; the fast path is that of events without a backslash.
ALTER TABLE events ADD COLUMN IF NOT EXISTS words String MATERIALIZED
  if(isValidASCII(concat(
       if(position(raw, '\\') = 0,
         arrayStringConcat(arrayFilter(
           (piece, after, at) -> at % 2 = 0 AND NOT startsWith(trimLeft(after, ' \t\n\r'), ':'),
           splitByChar('"', replaceAll(replaceAll(raw, '\\\\', '\x01'), '\\"', '\x02')) AS pieces,
           arrayShiftLeft(pieces, 1), arrayEnumerate(pieces)), '\x1F') AS quoted,
         JSONExtractString(concat('"', replaceAll(replaceAll(replaceAll(
           quoted, '\x1F', '\\u001f'), '\x01', '\\\\'), '\x02', '\\"'), '"'))) AS sent,
       if(position(sent, event_id) = 0, concat('\x1F', event_id), ''),
       if(position(sent, event_name) = 0, concat('\x1F', event_name), ''),
       if(position(sent, user_id) = 0, concat('\x1F', user_id), ''),
       if(position(sent, login_id) = 0, concat('\x1F', login_id), ''),
       if(position(sent, actor_id) = 0, concat('\x1F', actor_id), ''),
       if(position(sent, application) = 0, concat('\x1F', application), '')) AS said),
    lower(said), caseFoldUTF8(said))
