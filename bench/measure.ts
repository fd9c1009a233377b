/** A side of a comparison, which is timed. */
interface Contender {
  readonly name: string;
  /** Does one round of the work; returns units a second. */
  readonly run: () => Promise<number>;
}

export interface Comparison {
  readonly title: string;
  readonly unit: string;
  readonly subject: Contender;
  /** The side that the subject is measured against, in the same run. */
  readonly peer: Contender;
  /** The ratio to aim for. */
  readonly aim: number;
}

/** A comparison without the way to run it. */
export interface Compared extends Pick<Comparison, 'title' | 'unit' | 'aim'> {
  readonly subject: Pick<Contender, 'name'>;
  readonly peer: Pick<Contender, 'name'>;
}

/** The rates of both sides in one round, in units a second. */
export interface Round {
  readonly subject: number;
  readonly peer: number;
}

export interface Result extends Pick<Comparison, 'title' | 'unit' | 'aim'> {
  readonly subject: { readonly name: string; readonly median: number };
  readonly peer: { readonly name: string; readonly median: number };
  /** The median of the rounds' own ratios. */
  readonly ratio: number;
}

/** Times both sides in turn, after one round that is not counted; machines are noisy. */
export async function compare(comparison: Comparison, rounds: number): Promise<Result> {
  const { subject, peer } = comparison;
  const counted: Round[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const both = { subject: await subject.run(), peer: await peer.run() };
    if (round > 0) counted.push(both);
  }
  return resultOf(comparison, counted);
}

/** Returns the result of some rounds. */
export function resultOf(compared: Compared, rounds: readonly Round[]): Result {
  const { title, unit, subject, peer, aim } = compared;
  return {
    title,
    unit,
    aim,
    subject: { name: subject.name, median: median(rounds.map((round) => round.subject)) },
    peer: { name: peer.name, median: median(rounds.map((round) => round.peer)) },
    ratio: median(rounds.map((round) => round.subject / round.peer)),
  };
}

/** Runs work and returns its units a second. */
export async function rateOf(units: number, work: () => Promise<void> | void): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  const elapsedNs = Number(process.hrtime.bigint() - start);
  return (units * 1e9) / elapsedNs;
}

/** Does work a number of times, one after the other; returns the median rate a second. */
export async function typicalRateOf(times: number, work: () => Promise<void>): Promise<number> {
  const rates: number[] = [];
  while (rates.length < times) rates.push(await rateOf(1, work));
  return median(rates);
}

/** Returns the value below which a share of the values lies; 0 if there are no values. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
