import { SPAN_MS, type ViewerSpan } from '../../domain/figures/spans.js';
import type { DocumentReader } from '../../ports/read-model/reader.js';
import type { Stretch } from '../../domain/time.js';

/** Numbers without a gap, from the first to the last, both inclusive. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

/** UTC days, hours or quarters of an hour, numbered from the epoch. */
export interface SpanRun extends Run {
  readonly span: ViewerSpan;
}

/** Divides a stretch of whole quarter hours into the fewest days, hours and quarters. */
export function runsOf({ from, to }: Stretch, spans: readonly ViewerSpan[]): readonly SpanRun[] {
  const [span, ...finer] = spans;
  if (span === undefined || from >= to) return [];
  const first = Math.ceil(from / SPAN_MS[span]);
  const end = Math.floor(to / SPAN_MS[span]);
  if (first >= end) return runsOf({ from, to }, finer);
  return [
    ...runsOf({ from, to: first * SPAN_MS[span] }, finer),
    { span, first, last: end - 1 },
    ...runsOf({ from: end * SPAN_MS[span], to }, finer),
  ];
}

/** Documents with the numbers in their keys, in rising order. */
export type Numbered<Document extends object> = readonly {
  readonly number: number;
  readonly body: Document;
}[];

/** The way to find documents of one kind by a number, which is the last part of their keys. */
interface NumberedKeys {
  readonly keyOf: (number: number) => string;
  readonly numberIn: (key: string) => number;
}

/** Reads the documents of all runs. Runs that follow each other share one range. */
export async function readRuns<Document extends object>(
  reader: DocumentReader,
  runs: readonly Run[],
  { keyOf, numberIn }: NumberedKeys,
): Promise<Numbered<Document>> {
  const found: { number: number; body: Document }[] = [];
  for (const { first, last } of joined(runs)) {
    for (const { key, body } of await reader.range<Document>(keyOf(first), keyOf(last))) {
      found.push({ number: numberIn(key), body });
    }
  }
  return found;
}

function joined(runs: readonly Run[]): readonly Run[] {
  const all: { first: number; last: number }[] = [];
  for (const { first, last } of [...runs].sort((a, b) => a.first - b.first)) {
    const before = all.at(-1);
    if (before === undefined || first > before.last + 1) all.push({ first, last });
    else before.last = Math.max(before.last, last);
  }
  return all;
}

/** Returns the documents of one run. */
export function within<Document extends object>(
  documents: Numbered<Document>,
  { first, last }: Run,
): Numbered<Document> {
  return documents.slice(placeOf(documents, first), placeOf(documents, last + 1));
}

/** Returns the place of the first document whose number is not below a number. */
function placeOf(documents: Numbered<object>, number: number): number {
  let [low, high] = [0, documents.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((documents[middle]?.number ?? Infinity) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
