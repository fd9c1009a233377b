import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Circumstances } from './circumstances.js';

/** A report as a player sends it: the fields of `StreamingEventInput`. Times are RFC 3339. */
export interface StreamingEvent {
  readonly mediaId: string;
  readonly eventType: string;
  readonly eventId: string;
  readonly sessionId: string;
  readonly userId?: string;
  readonly quality?: string;
  readonly duration?: number;
  readonly bytesLoaded?: number;
  readonly occurredAt: string;
  readonly endReason?: string;
  readonly startupTime?: number;
  readonly errorCode?: string;
  readonly mediaDuration?: number;
  readonly playedFrom?: number;
  readonly playedTo?: number;
  readonly context?: Circumstances;
}

/** A session that was really played, as examples/recorder recorded it. */
export interface Recording {
  readonly name: string;
  readonly events: readonly StreamingEvent[];
}

/** The seconds of media that each recording had on offer: the length of its ladder. */
export const recordedSeconds = 60;

export async function readRecordings(dir: string): Promise<Recording[]> {
  const files = (await readdir(dir)).filter((file) => file.endsWith('.ndjson')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: basename(file, '.ndjson'),
      events: parseNdjson(await readFile(join(dir, file), 'utf8')),
    })),
  );
}

function parseNdjson(text: string): StreamingEvent[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as StreamingEvent);
}

/** Says whether an event's `duration` means no seconds watched: they were stalled, or a seek's. */
export const isUnwatched = (event: StreamingEvent): boolean =>
  isStall(event) || event.eventType === 'SEEKED';

/** Says whether an event's `duration` means seconds stalled. */
export const isStall = ({ eventType }: StreamingEvent): boolean =>
  ['REBUFFER_START', 'REBUFFER_END', 'BUFFERING'].includes(eventType);
