import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The fields of `StreamingEventInput`, as players send them. */
export interface SentEvent {
  readonly mediaId: string;
  readonly eventType: string;
  readonly eventId: string;
  readonly sessionId: string;
  readonly userId?: string;
  readonly quality?: string;
  readonly duration?: number;
  readonly bytesLoaded?: number;
  readonly occurredAt: string;
  readonly sentAt?: string;
  readonly endReason?: string;
}

/** The reports of one media item's player so far. */
export interface Report {
  /** Events in the order of their first sending; an event that is sent again is in here once. */
  readonly events: SentEvent[];
  /** Requests whose answer the player never saw, and events that it then sent again. */
  answersLost: number;
  repeated: number;
  /** The server's `position` after the last event. */
  position: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Passes the players' reports on to Playhead and keeps a copy of each. For chosen media it loses
 * the first answer on its way back: the player has to send again, and nothing may count twice.
 */
export class Relay {
  readonly #playheadUrl: string;
  readonly #losesFirstAnswer: ReadonlySet<string>;
  readonly #reports = new Map<string, Report>();
  readonly #ended = new EventEmitter();

  constructor(playheadUrl: string, losesFirstAnswer: ReadonlySet<string>) {
    this.#playheadUrl = playheadUrl;
    this.#losesFirstAnswer = losesFirstAnswer;
  }

  report(mediaId: string): Report {
    const report = this.#reports.get(mediaId) ?? {
      events: [],
      answersLost: 0,
      repeated: 0,
      position: undefined,
    };
    this.#reports.set(mediaId, report);
    return report;
  }

  /** Waits until the session's end has arrived at the server. */
  async ended(mediaId: string, timeoutMs: number): Promise<void> {
    const timeout = new AbortController();
    const tooLate = sleep(timeoutMs, undefined, { signal: timeout.signal }).then(() => {
      throw new Error(`${mediaId}: no SESSION_END within ${String(timeoutMs / 1000)} s`);
    });
    await Promise.race([once(this.#ended, mediaId), tooLate]);
    timeout.abort();
    tooLate.catch(() => undefined);
  }

  async pass(body: string): Promise<Answer> {
    const events = JSON.parse(body) as readonly SentEvent[];
    const response = await fetch(new URL('/events', this.#playheadUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answer = { status: response.status, body: await response.text() };
    if (!response.ok) {
      throw new Error(`Playhead refused a report: ${String(answer.status)} ${answer.body}`);
    }
    return this.#keep(events, response.headers.get('position') ?? undefined, answer);
  }

  #keep(events: readonly SentEvent[], position: string | undefined, answer: Answer): Answer {
    const mediaId = events[0]?.mediaId;
    if (mediaId === undefined) return answer;
    const report = this.report(mediaId);
    for (const event of events) {
      const known = report.events.some(
        ({ sessionId, eventId }) => sessionId === event.sessionId && eventId === event.eventId,
      );
      if (known) report.repeated += 1;
      else report.events.push(event);
    }
    report.position = position;
    if (this.#losesFirstAnswer.has(mediaId) && report.answersLost === 0) {
      report.answersLost += 1;
      return { status: 502, body: '' };
    }
    if (events.some(({ eventType }) => eventType === 'SESSION_END')) this.#ended.emit(mediaId);
    return answer;
  }
}
