import { BANDWIDTH, type BandwidthDocument } from '../../projections/bandwidth.js';
import { rankQualities, STREAM_QUALITIES, type StreamQuality } from '../domain/quality.js';
import {
  HOUR_MS,
  hourOf,
  MINUTE_MS,
  MINUTES_PER_HOUR,
  SLOT_MS,
  type Stretch,
} from '../domain/time.js';
import { megabitsPerSecond } from '../domain/units.js';
import { RETIRES_AT } from '../ports/projection.js';
import type { DocumentReader } from '../ports/read-model/reader.js';
import type { DeliverySeries } from './delivery.query.js';
import { sum } from './traffic-window.js';

/** The question about the bytes of a stretch of whole minutes. */
interface WantedBytes {
  readonly stretch: Stretch;
  /** The buckets, which cover the stretch in the order of time. */
  readonly buckets: readonly Stretch[];
  /** The time up to which slots count for the percentile. */
  readonly slotsUntil: number;
}

/** The percentile that transit is billed by, in percent. */
const BILLED_PERCENTILE = 95;

/** The bytes of a stretch, as they are read hour by hour. */
export class DeliveredBytes {
  /** The busiest minute; the first of them. */
  peak: { readonly bytes: number; readonly at: number | null } = { bytes: 0, at: null };
  private readonly byQuality = new Map<StreamQuality, number[]>();
  /** The bytes of each slot that has any, by its number. */
  private readonly slots = new Map<number, number>();
  private bucket = 0;

  constructor(private readonly wanted: WantedBytes) {}

  get total(): number {
    return sum([...this.byQuality.values()].map(sum));
  }

  /** The bytes of each quality with a view or a byte in each bucket, the most bytes first. */
  get series(): readonly DeliverySeries[] {
    const rows = [...this.byQuality].map(([quality, bytes]) => ({ quality, bytes }));
    return rankQualities(rows, ({ bytes }) => sum(bytes));
  }

  /** Adds an hour; hours come in the order of time. */
  add(hour: number, { bytes, views }: BandwidthDocument): void {
    const { from, to } = this.wanted.stretch;
    for (let minute = 0; minute < MINUTES_PER_HOUR; minute += 1) {
      const at = hour * HOUR_MS + minute * MINUTE_MS;
      if (at < from || at >= to) continue;
      let inMinute = 0;
      for (const quality of STREAM_QUALITIES) {
        const own = bytes[quality]?.[minute] ?? 0;
        if (own === 0 && (views[quality]?.[minute] ?? 0) === 0) continue;
        this.addTo(quality, at, own);
        inMinute += own;
      }
      this.addMinute(at, inMinute);
    }
  }

  /**
   * Returns the smallest rate that is not below those of 95 % of the slots, in Mbps; 0 without a
   * slot. A slot that the stretch cuts is averaged over what lies in it.
   */
  percentileMbps(): number {
    const { stretch, slotsUntil } = this.wanted;
    const slots = Math.ceil(slotsUntil / SLOT_MS) - Math.floor(stretch.from / SLOT_MS);
    const rates = Float64Array.from(this.slots, ([slot, bytes]) => {
      const from = Math.max(slot * SLOT_MS, stretch.from);
      const to = Math.min((slot + 1) * SLOT_MS, stretch.to);
      return megabitsPerSecond(bytes, to - from);
    }).sort();
    const rank = Math.ceil((slots * BILLED_PERCENTILE) / 100);
    // The slots without a byte come first, and nobody has made a list of them.
    return rates[rank - 1 - (slots - rates.length)] ?? 0;
  }

  private addTo(quality: StreamQuality, at: number, bytes: number): void {
    const { buckets } = this.wanted;
    while (at >= (buckets[this.bucket]?.to ?? Infinity)) this.bucket += 1;
    let series = this.byQuality.get(quality);
    if (series === undefined) {
      series = new Array<number>(buckets.length).fill(0);
      this.byQuality.set(quality, series);
    }
    series[this.bucket] = (series[this.bucket] ?? 0) + bytes;
  }

  private addMinute(at: number, bytes: number): void {
    if (bytes > this.peak.bytes) this.peak = { bytes, at };
    if (bytes === 0 || at >= this.wanted.slotsUntil) return;
    const slot = Math.floor(at / SLOT_MS);
    this.slots.set(slot, (this.slots.get(slot) ?? 0) + bytes);
  }
}

/** Counts the hours of a stretch that have a document. */
export async function countHours(reader: DocumentReader, { from, to }: Stretch): Promise<number> {
  if (from >= to) return 0;
  const end = (hourOf(to - 1) + 1) * HOUR_MS;
  return (await reader.count(RETIRES_AT, from + 1)) - (await reader.count(RETIRES_AT, end + 1));
}

/** The hours that are read at once, so that a long range leaves room for others. */
const HOURS_AT_ONCE = 1_000;

/** Reads the hours that a stretch touches, in the order of time. */
export async function readHours(
  reader: DocumentReader,
  { from, to }: Stretch,
  take: (hour: number, document: BandwidthDocument) => void,
): Promise<void> {
  if (from >= to) return;
  const last = BANDWIDTH.key(hourOf(to - 1));
  for (let next: number | undefined = hourOf(from); next !== undefined;) {
    const rows: readonly { readonly key: string; readonly body: BandwidthDocument }[] =
      await reader.range<BandwidthDocument>(BANDWIDTH.key(next), last, HOURS_AT_ONCE);
    next = undefined;
    for (const { key, body } of rows) {
      const [hour] = BANDWIDTH.parts(key);
      take(hour, body);
      if (rows.length === HOURS_AT_ONCE) next = hour + 1;
    }
  }
}
