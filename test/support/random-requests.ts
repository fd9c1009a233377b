import type { HeavyRequest } from './graphql-documents.js';
import type { SeededRandom } from './random.js';

const RANGE = 'range: { from: "2026-01-01T00:00:00Z", to: "2026-01-03T00:00:00Z" }';
const FIELDS = [
  '__typename',
  '__schema { types { name } }',
  '__type(name: "Stream") { fields { type { ofType { name } } } }',
  'popularStreams(first: 100) { totalCount edges { node { id title } } }',
  'popularStreams(first: $n, period: MONTH) { edges { cursor } }',
  'streamingAnalytics(mediaId: $m) { totalViews qualityDistribution { quality } }',
  'bandwidthUsage(period: MONTH) { byHour { hour totalGB } }',
  `figures(${RANGE}, compare: PREVIOUS) { figures { views byQuality { bytes } } }`,
  `timeSeries(${RANGE}, interval: MINUTE, metrics: [VIEWS, BYTES]) { at series { values } }`,
  `breakdown(${RANGE}, by: COUNTRY, first: $n) { totalCount edges { node { value } } }`,
  `retention(mediaId: $m, ${RANGE}) { audience plays }`,
  `sessions(${RANGE}, first: $n) { edges { node { id timeline(first: $n) { totalCount } } } }`,
  'live(timeZone: "Asia/Tokyo") { viewers perMinute by(dimension: OS, first: $n) { value } }',
  'live { media { media { title } } by(dimension: $m) { viewers } }',
  `delivery(${RANGE}, interval: QUARTER_HOUR) { at byQuality { bytes } }`,
  'recordStreamingEvents(inputs: $i) { accepted }',
  'recordStreamingEvent(input: { mediaId: $m, eventType: HEARTBEAT }) { eventId }',
  'reportStreamingQuality(input: { mediaId: $m, quality: AUTO }) { success }',
  'nothing { at { all } }',
  'ofType { name }',
];
const TYPES = ['Query', 'Mutation', 'Subscription', 'Stream', '__Type', 'Nothing'];
const KINDS = ['query', 'mutation', 'subscription', ''];
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e300,
  2 ** 53,
  '',
  'x'.repeat(20_000),
  [],
  {},
  [[[[]]]],
  { __proto__: null, constructor: { prototype: {} } },
  'HEARTBEAT',
  '2026-01-01T00:00:00Z',
];
const MEMBERS = ['mediaId', 'eventType', 'eventId', 'userId', 'duration', 'occurredAt', 'other'];

const TEXTS = [
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '"',
  '\\',
  '\n',
  '\u0000',
  '1e999',
  'null',
  '\ud800',
  ' ',
];

/** A body of events, good ones and bad ones, as JSON or as lines, now and then broken. */
export function randomBody(random: SeededRandom, eventsMax: number): string {
  const below = (count: number): number => random.whole(0, count - 1);
  const value = (): unknown => VALUES[below(VALUES.length)];
  const event = (): unknown =>
    random.chance(0.1)
      ? value()
      : Object.fromEntries(
          Array.from({ length: below(9) }, () => [MEMBERS[below(MEMBERS.length)], value()]),
        );
  const events = Array.from({ length: below(eventsMax) }, event);
  const lines = events.map((one) => JSON.stringify(one));
  const body = random.chance(0.5) ? lines.join('\n') : JSON.stringify(events);
  if (random.chance(0.7)) return body;
  const at = below(body.length);
  const wrong = (TEXTS[below(TEXTS.length)] ?? '').repeat(1 + below(1_000));
  return `${body.slice(0, at)}${wrong}${body.slice(at + below(10))}`;
}

/** Documents and variables of all sorts, good and bad, of up to about so many parts. */
export class RandomRequests {
  constructor(
    private readonly random: SeededRandom,
    private readonly partsMax: number,
  ) {}

  next(): HeavyRequest {
    const definitions = Array.from({ length: 1 + this.below(3) }, () => this.operation());
    const fragments = Array.from({ length: this.below(this.partsMax) }, (_, i) => this.fragment(i));
    const query = this.broken([...definitions, ...fragments].join('\n'));
    return { query, variables: { n: this.value(), m: this.value(), i: this.inputs() } };
  }

  private operation(): string {
    const declared = this.chance(0.8) ? ' M($n: Int!, $m: ID!, $i: [StreamingEventInput!]!)' : '';
    return `${this.oneOf(KINDS)}${declared} ${this.selection(4)}`;
  }

  private fragment(number: number): string {
    return `fragment F${String(number)} on ${this.oneOf(TYPES)} ${this.selection(3)}`;
  }

  private selection(levels: number): string {
    const parts = Array.from({ length: 1 + this.below(8) }, () => this.part(levels));
    return `{ ${parts.join(' ')} }`;
  }

  private part(levels: number): string {
    const directive = this.chance(0.1) ? ' @include(if: true)' : '';
    if (this.chance(0.4)) return `...F${String(this.below(this.partsMax))}${directive}`;
    if (this.chance(0.2) && levels > 0) {
      return `... on ${this.oneOf(TYPES)}${directive} ${this.selection(levels - 1)}`;
    }
    const alias = this.chance(0.4) ? `a${String(this.below(20))}: ` : '';
    return `${alias}${this.oneOf(FIELDS)}`;
  }

  /** Now and then with something in it that does not belong there. */
  private broken(document: string): string {
    if (this.chance(0.9)) return document;
    const at = this.below(document.length);
    const wrong = this.oneOf(['{', '"', '$', '\u0000', '...']);
    return `${document.slice(0, at)}${wrong}${document.slice(at)}`;
  }

  private inputs(): unknown {
    if (this.chance(0.2)) return this.value();
    return Array.from({ length: this.below(10 * this.partsMax) }, () =>
      Object.fromEntries(
        Array.from({ length: this.below(8) }, () => [this.oneOf(MEMBERS), this.value()]),
      ),
    );
  }

  private value(): unknown {
    return this.oneOf(VALUES);
  }

  private oneOf<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  private below(count: number): number {
    return this.random.whole(0, count - 1);
  }

  private chance(share: number): boolean {
    return this.random.chance(share);
  }
}
