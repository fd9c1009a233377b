import { ask } from './ask.js';
import { keyHeaders } from './key.js';
import type { ProjectionStatus, VerificationReport } from './schema.js';

export const STATUS_FIELDS = `name version state position lagSeconds lagEvents parkedEvents
  rebuildProgress rebuildEventsPerSecond rebuildTimeLeft lastRebuild { outcome at detail }
  canRollBack generation owner lastAppliedAt`;

/** What an administrator may order of a read model. */
export type Order = 'rebuild' | 'cancel' | 'rollBack' | 'verify' | 'retry';

const MUTATIONS: Readonly<Record<Order, string>> = {
  rebuild: `rebuildProjection(name: $name) { ${STATUS_FIELDS} }`,
  cancel: `cancelRebuild(name: $name) { ${STATUS_FIELDS} }`,
  rollBack: `rollBackProjection(name: $name) { ${STATUS_FIELDS} }`,
  retry: `retryParkedEvents(projection: $name) { ${STATUS_FIELDS} }`,
  verify: `verifyProjection(name: $name) { name version position documents differing parked
    first { document expected found positions isCut } }`,
};

const SKIP = `skipParkedEvent(projection: $name, id: $id, reason: $reason) { ${STATUS_FIELDS} }`;

export type Outcome = ProjectionStatus | VerificationReport;

/** Gives an order, and returns what it did; throws AskError. */
export async function give(order: Order, name: string): Promise<Outcome> {
  const question = { parts: { done: MUTATIONS[order] }, variables: { name } };
  const options = { headers: keyHeaders(), kind: 'mutation' as const };
  return (await ask<{ readonly done: Outcome }>(question, options)).done;
}

/** Gives a parked event up. */
export async function skip(name: string, id: string, reason: string): Promise<Outcome> {
  const question = { parts: { done: SKIP }, variables: { name, id, reason } };
  const options = { headers: keyHeaders(), kind: 'mutation' as const };
  return (await ask<{ readonly done: Outcome }>(question, options)).done;
}
