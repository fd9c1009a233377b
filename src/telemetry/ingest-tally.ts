import type { IngestOutcome } from './ingest-counts.js';
import type { Telemetry } from './telemetry.js';

/** The type that is counted for an event that breaks a rule, whatever type it states. */
export const INVALID = 'invalid';

/** Counts the events of one request, and reports each kind once, as batches are large. */
export class IngestTally {
  private readonly counts = new Map<string, Map<IngestOutcome, number>>();

  add(type: string, outcome: IngestOutcome): void {
    const ofType = this.counts.get(type) ?? new Map<IngestOutcome, number>();
    this.counts.set(type, ofType.set(outcome, (ofType.get(outcome) ?? 0) + 1));
  }

  tell(telemetry: Telemetry): void {
    for (const [type, outcomes] of this.counts) {
      for (const [outcome, events] of outcomes) telemetry.ingested(type, outcome, events);
    }
  }
}
