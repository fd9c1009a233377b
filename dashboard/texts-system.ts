import type { Order } from './api/orders.js';

/** What is to be known before an order that cannot be taken back or takes long. */
export const ORDER_WARNINGS: Partial<Record<Order, string>> = {
  rebuild:
    'All events of the log are read from the first one and counted again, which takes the longer ' +
    'the more there are. The read model serves as it is until the new one takes its place.',
  cancel: 'What was counted so far is thrown away.',
  rollBack: 'The read model before the last rebuild takes the place of this one.',
  verify:
    'All events of the log are counted again and compared with what is there, which takes as ' +
    'long as a rebuild. Nothing changes.',
};

export const ORDER_NAMES: Readonly<Record<Order, string>> = {
  rebuild: 'Rebuild',
  cancel: 'Cancel the rebuild',
  rollBack: 'Roll back',
  verify: 'Verify',
  retry: 'Retry parked events',
};

export const STATUS_NAMES = {
  lagSeconds: 'Lag',
  lagEvents: 'Events behind',
  parkedEvents: 'Parked',
  rebuildProgress: 'Rebuilt',
  rebuildEventsPerSecond: 'Events a second',
  rebuildTimeLeft: 'Time left',
};

/** What the words of this page mean. */
export const SYSTEM_TERMS: readonly (readonly [string, string])[] = [
  ['Log', 'all events as they came, in their order. It is only added to.'],
  [
    'Read model',
    'what queries are answered from: sums and lists that the server makes of the log, event by ' +
      'event. Each of them can be made anew from it.',
  ],
  ['Lag', 'the age of the oldest event that the read model has not counted yet.'],
  [
    'Parked',
    'an event that the read model could not take. It stays in the log, and is in none of its ' +
      'figures until it is tried again with success. Later events of the same document wait ' +
      'for it.',
  ],
  [
    'Generation',
    'which making of the read model this is: each rebuild makes the next one beside it, and the ' +
      'one before is kept to roll back to.',
  ],
  ['Version', 'which rules it is made by. A server with other rules makes it anew.'],
  ['Rebuild', 'make it anew from the log, while the present one goes on serving.'],
  ['Verify', 'make it anew, compare, and change nothing.'],
  ['Roll back', 'let the one before the last rebuild serve again.'],
];
