import { setImmediate as turn } from 'node:timers/promises';
import type { ClientSession, Collection } from 'mongodb';
import { heardOfFrom, type LiveSums } from '../../../domain/figures/live-sums.js';
import { HEARD_OF_IN, placesHeardOfSince } from '../../../domain/figures/session-places.js';
import type { SessionRow } from '../../../domain/figures/session-row.js';
import { LiveGroups, type LiveQuestion } from '../../../ports/read-model/live.js';
import { pathOf, type DocumentRecord } from './stored-documents.js';

/** Sums up the sessions that were heard of lately, in a session's snapshot. */
export async function readLive(
  rows: Collection<DocumentRecord>,
  session: ClientSession,
  question: LiveQuestion,
): Promise<readonly LiveSums[]> {
  const groups = new LiveGroups(question);
  const index = pathOf(HEARD_OF_IN);
  let count = 0;
  for (const { from, before } of placesHeardOfSince(heardOfFrom(question))) {
    const found = rows
      .find(
        { [index]: { $gte: from, $lt: before } },
        {
          session,
          readConcern: { level: 'snapshot' },
          projection: LEFT_OUT,
          batchSize: BATCH_ROWS,
        },
      )
      .hint(index);
    for await (const { body } of found) {
      groups.add(body as SessionRow);
      count += 1;
      if (count % BATCH_ROWS === 0) await turn();
    }
  }
  return groups.sums();
}

/** Sessions that are summed up before other work gets its turn. */
const BATCH_ROWS = 500;
/** The members of a row that live questions do not need, and that may be long. */
const LEFT_OUT = { _id: 0, by: 0, 'body.played': 0 };
