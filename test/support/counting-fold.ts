import { PlayheadError } from '../../src/domain/errors.js';
import { LOG_START } from '../../src/ports/event-store.js';
import { CheckpointMoved, type Generation } from '../../src/ports/read-model/generation.js';
import type { ReadModelReader } from '../../src/ports/read-model/reader.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { generationsOf, put, puts, read, spec, start } from '../contracts/read-model-store.js';

const KEYS = Array.from({ length: 20 }, (_, i) => `key-${String(i)}`);

interface Count {
  readonly n: number;
}

/**
 * A fold that counts: the event at position n raises every document from n - 1 to n. So whatever is
 * lost, done twice or half written shows.
 */
export class CountingFold {
  /** Commits that the store confirmed. */
  confirmed = 0;
  /** Failures after which it went on. */
  readonly failures: unknown[] = [];

  private constructor(
    private readonly writer: ReadModelWriter,
    private generation: Generation,
  ) {}

  static async start(writer: ReadModelWriter): Promise<CountingFold> {
    return new CountingFold(writer, await start(writer, spec));
  }

  get position(): number {
    return this.generation.checkpoint;
  }

  /** Folds the next event; whatever happens to the store, by the port's rules. */
  async step(): Promise<void> {
    const { writer, generation } = this;
    try {
      const loaded = await writer.load(generation, KEYS);
      const counts = new Map(loaded.map(({ key, body }) => [key, (body as Count).n]));
      const documents = KEYS.map((key) => {
        const n = (counts.get(key) ?? LOG_START) + 1;
        return put(key, { rank: n }, { n });
      });
      this.generation = await writer.commit(generation, puts(this.position + 1, ...documents));
      this.confirmed += 1;
    } catch (error) {
      this.failures.push(error);
      const isForeseen =
        error instanceof CheckpointMoved ||
        (error instanceof PlayheadError && error.code === 'STORE_UNAVAILABLE');
      if (!isForeseen) throw error;
      await this.claimAgain();
    }
  }

  async stepTo(position: number): Promise<void> {
    while (this.position < position) await this.step();
  }

  private async claimAgain(): Promise<void> {
    for (;;) {
      try {
        const [claimed] = (await generationsOf(this.writer).acquire([this.generation])) ?? [];
        if (claimed === undefined) throw new Error('another writer has it');
        this.generation = claimed;
        return;
      } catch (error) {
        if (!(error instanceof PlayheadError)) throw error;
        this.failures.push(error);
      }
    }
  }
}

/** The counts that all documents hold, in one snapshot: one number, if commits are whole. */
export const countsIn = (reader: ReadModelReader): Promise<readonly number[]> =>
  read({ reader }, async (documents) => {
    const counts = await documents.get<Count>(KEYS);
    return [...new Set([...counts.values()].map(({ n }) => n))];
  });
