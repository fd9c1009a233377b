/** One thing that is timed: does its work and tells how much it was. */
interface Contender {
  readonly name: string;
  /** Does one round of the work; resolves to units a second. */
  readonly run: () => Promise<number>;
}

export interface Comparison {
  readonly title: string;
  readonly unit: string;
  readonly subject: Contender;
  /** What it is measured against, in the same run. */
  readonly peer: Contender;
  /** The ratio that is aimed for. */
  readonly aim: number;
}

/** What is compared, without how it is run. */
export interface Compared extends Pick<Comparison, 'title' | 'unit' | 'aim'> {
  readonly subject: Pick<Contender, 'name'>;
  readonly peer: Pick<Contender, 'name'>;
}

/** What both contenders reached in one round, in units a second. */
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

/** Times both contenders in turn, after one round that is not counted; machines are noisy. */
export async function compare(comparison: Comparison, rounds: number): Promise<Result> {
  const { subject, peer } = comparison;
  const counted: Round[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const both = { subject: await subject.run(), peer: await peer.run() };
    if (round > 0) counted.push(both);
  }
  return resultOf(comparison, counted);
}

/** What some rounds come to. */
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

/** Runs work and gives units a second. */
export async function rateOf(units: number, work: () => Promise<void> | void): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  const elapsedNs = Number(process.hrtime.bigint() - start);
  return (units * 1e9) / elapsedNs;
}

/** Does work so many times, one after the other, and gives how often it fits into a second. */
export async function typicalRateOf(times: number, work: () => Promise<void>): Promise<number> {
  const rates: number[] = [];
  while (rates.length < times) rates.push(await rateOf(1, work));
  return median(rates);
}

/** The value below which a share of the values lies; 0 of none. */
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
