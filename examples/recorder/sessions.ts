import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Played } from './play.js';
import type { Scenario } from './scenario.js';
import type { Told } from './told.js';

const FOLDER = 'examples/sessions';
const WRONG = '.cache/recorder/wrong';

interface SentEvent extends Readonly<Record<string, unknown>> {
  readonly eventId: string;
}

/**
 * Keeps what the tracker sent of a play, one event a line, under the scenario's name: without
 * `sentAt`, which belongs to a sending, and `context`, which tells of the recorder's own page.
 */
export async function keepSession(
  { name, seat }: Scenario,
  bodies: readonly string[],
): Promise<void> {
  const sent = bodies.flatMap((body) => JSON.parse(body) as readonly SentEvent[]);
  // What is sent again has its id.
  const events = new Map(sent.map((event) => [event.eventId, event]));
  const lines = [...events.values()]
    .sort((a, b) => Number(a.eventId) - Number(b.eventId))
    .map((event) =>
      JSON.stringify({
        ...event,
        ...{ mediaId: name, userId: seat?.viewer, sentAt: undefined, context: undefined },
      }),
    );
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, `${name}.ndjson`), `${lines.join('\n')}\n`);
}

/** Keeps what was noted, told and reported of a play that was not told rightly, to look into it. */
export async function keepWrong(
  { name, notes }: Played,
  told: Told,
  bodies: readonly string[],
): Promise<void> {
  await mkdir(WRONG, { recursive: true });
  const events = notes.filter((note) => note.name !== 'look');
  const text = JSON.stringify({ told, notes: events, bodies }, undefined, 1);
  await writeFile(join(WRONG, `${name}.json`), `${text}\n`);
}
