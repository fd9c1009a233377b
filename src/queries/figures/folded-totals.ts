import { countViewers, type ViewerSketch } from '../../domain/distinct-viewers.js';
import { addCounts, NO_COUNTS, type FigureCounts } from '../../domain/figures/figure-counts.js';
import {
  FIGURES,
  SESSION_VIEWERS,
  STARTUPS,
  WATCHED_MINUTES,
  type CellsDocument,
  type MinutesDocument,
} from '../../domain/figures/session-sums.js';
import type { FigureSpan, ViewerSpan } from '../../domain/figures/spans.js';
import type {
  ConcurrencyPeak,
  FigureParts,
  FigureTotals,
} from '../../domain/figures/figure-totals.js';
import type { StartupCounts } from '../../domain/figures/startup-buckets.js';
import {
  HOUR_MS,
  MINUTE_MS,
  MINUTES_PER_HOUR,
  QUARTERS_PER_HOUR,
  type Stretch,
} from '../../domain/time.js';
import type { DocumentReader } from '../../ports/read-model/reader.js';
import { readRuns, runsOf, within, type Numbered, type Run } from './runs.js';

/** The titles (or all of them together) and the stretches to read. */
interface Reading {
  readonly reader: DocumentReader;
  readonly scopes: readonly string[];
  /** Stretches of whole quarter hours, in rising order. */
  readonly stretches: readonly Stretch[];
}

/**
 * Reads the sums over each stretch, for the titles together. It reads as many documents as the
 * stretches have whole days, and hours beside them.
 */
export async function foldedTotals(
  reading: Reading,
  wanted: FigureParts,
): Promise<readonly FigureTotals[]> {
  const counts = await countsIn(reading);
  const startups = wanted.startupTime ? await startupsIn(reading) : [];
  const viewers = wanted.uniqueViewers ? await viewersIn(reading) : [];
  const peaks = wanted.peak ? await peaksIn(reading) : [];
  return reading.stretches.map((_, i) => {
    const [startup, viewer, peak] = [startups[i], viewers[i], peaks[i]];
    return {
      counts: counts[i] ?? NO_COUNTS,
      ...(startup !== undefined && { startups: startup }),
      ...(viewer !== undefined && { viewers: viewer }),
      ...(peak !== undefined && { peak }),
    };
  });
}

async function countsIn(reading: Reading): Promise<readonly FigureCounts[]> {
  const sums = reading.stretches.map(() => NO_COUNTS.slice());
  await eachCell<FigureCounts>(reading, FIGURES, (counts, stretch) => {
    addCounts(sums[stretch] ?? [], counts);
  });
  return sums;
}

async function startupsIn(reading: Reading): Promise<readonly StartupCounts[]> {
  const sums = reading.stretches.map((): Record<number, number> => ({}));
  await eachCell<StartupCounts>(reading, STARTUPS, (counts, stretch) => {
    const sum = sums[stretch] ?? {};
    for (const [bucket, count] of Object.entries(counts)) {
      sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
    }
  });
  return sums;
}

/** The keys of documents by scope, span and number. */
interface SpanKeys<Span> {
  key(scope: string, span: Span, number: number): string;
  parts(key: string): readonly [scope: string, span: Span, number: number];
}

const numbersOf = <Span>(kind: SpanKeys<Span>, scope: string, span: Span) => ({
  keyOf: (number: number) => kind.key(scope, span, number),
  numberIn: (key: string) => kind.parts(key)[2],
});

/** Hands each sum to a function, with the number of the stretch that it belongs to. */
async function eachCell<Sum>(
  { reader, scopes, stretches }: Reading,
  kind: SpanKeys<FigureSpan>,
  take: (sum: Sum, stretch: number) => void,
): Promise<void> {
  const runs = stretches.map((stretch) => runsOf(stretch, ['day', 'quarter']));
  const days = runs.flat().filter(({ span }) => span === 'day');
  const quarters = runs.flat().filter(({ span }) => span === 'quarter');
  for (const scope of scopes) {
    const ofDays: Numbered<CellsDocument<Sum>> = await readRuns(
      ...([reader, days, numbersOf(kind, scope, 'day')] as const),
    );
    const ofHours: Numbered<CellsDocument<Sum>> = await readRuns(
      ...([reader, quarters.map(hoursOf), numbersOf(kind, scope, 'hour')] as const),
    );
    for (const [stretch, own] of runs.entries()) {
      for (const run of own) {
        const isOfDays = run.span === 'day';
        const found = isOfDays ? within(ofDays, run) : within(ofHours, hoursOf(run));
        for (const { number, body } of found) {
          const cells = isOfDays ? body.cells : cellsWithin(body.cells, number, run);
          for (const sum of cells) if (sum !== null) take(sum, stretch);
        }
      }
    }
  }
}

/** Returns the hours that some quarters lie in. */
const hoursOf = ({ first, last }: Run): Run => ({
  first: Math.floor(first / QUARTERS_PER_HOUR),
  last: Math.floor(last / QUARTERS_PER_HOUR),
});

/** Returns the cells of an hour that belong to a run of quarters. */
const cellsWithin = <Sum>(
  cells: readonly (Sum | null)[],
  hour: number,
  { first, last }: Run,
): readonly (Sum | null)[] => {
  const start = hour * QUARTERS_PER_HOUR;
  return cells.slice(Math.max(0, first - start), Math.max(0, last + 1 - start));
};

async function viewersIn({ reader, scopes, stretches }: Reading) {
  const runs = stretches.map((stretch) => runsOf(stretch, ['day', 'hour', 'quarter']));
  const sketches = stretches.map((): ViewerSketch[] => []);
  const ofSpan = (span: ViewerSpan) => runs.flat().filter((run) => run.span === span);
  for (const scope of scopes) {
    for (const span of ['day', 'hour', 'quarter'] as const) {
      const found: Numbered<ViewerSketch> = await readRuns(
        ...([reader, ofSpan(span), numbersOf(SESSION_VIEWERS, scope, span)] as const),
      );
      for (const [stretch, own] of runs.entries()) {
        const fitting = own.filter((run) => run.span === span);
        const bodies = fitting.flatMap((run) => within(found, run).map(({ body }) => body));
        sketches[stretch]?.push(...bodies);
      }
    }
  }
  return sketches.map((own) => ({
    count: countViewers(own),
    isExact: own.every((sketch) => 'hashes' in sketch),
  }));
}

async function peaksIn({
  reader,
  scopes,
  stretches,
}: Reading): Promise<readonly ConcurrencyPeak[]> {
  const runs = stretches.map(({ from, to }) => ({
    first: Math.floor(from / HOUR_MS),
    last: Math.ceil(to / HOUR_MS) - 1,
  }));
  const hours = await watchedMinutes(reader, scopes, runs);
  return stretches.map((stretch, i) => peakIn(stretch, within(hours, runs[i] ?? NO_RUN)));
}

const NO_RUN: Run = { first: 0, last: -1 };

function peakIn({ from, to }: Stretch, hours: Numbered<readonly number[]>): ConcurrencyPeak {
  let peak: ConcurrencyPeak = { sessions: 0, at: undefined };
  for (const { number, body } of hours) {
    for (const [minute, sessions] of body.entries()) {
      const at = (number * MINUTES_PER_HOUR + minute) * MINUTE_MS;
      if (at >= from && at < to && sessions > peak.sessions) peak = { sessions, at };
    }
  }
  return peak;
}

/**
 * Reads the number of sessions of the titles together that were watched or stalled in each minute
 * of some hours. Hours without any are left out.
 */
export async function watchedMinutes(
  reader: DocumentReader,
  scopes: readonly string[],
  runs: readonly Run[],
): Promise<Numbered<readonly number[]>> {
  const sums = new Map<number, number[]>();
  for (const scope of scopes) {
    const found: Numbered<MinutesDocument> = await readRuns(reader, runs, {
      keyOf: (hour) => WATCHED_MINUTES.key(scope, hour),
      numberIn: (key) => WATCHED_MINUTES.parts(key)[1],
    });
    for (const { number, body } of found) {
      const sum = sums.get(number) ?? [];
      for (const [minute, count] of body.sessions.entries()) {
        sum[minute] = (sum[minute] ?? 0) + count;
      }
      sums.set(number, sum);
    }
  }
  const hours = [...sums].map(([number, body]) => ({ number, body }));
  return hours.sort((a, b) => a.number - b.number);
}
