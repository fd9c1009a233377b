import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Result } from './result.js';

const FILE = '.cache/recorder/results.json';

/** What was measured last in each scenario and way, in this run and in earlier ones. */
export class KeptResults {
  private constructor(private readonly results: Map<string, Result>) {}

  static async read(): Promise<KeptResults> {
    const text = await readFile(FILE, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]';
      throw error;
    });
    const results = JSON.parse(text) as readonly Result[];
    return new KeptResults(new Map(results.map((result) => [keyOf(result), result])));
  }

  get all(): readonly Result[] {
    return [...this.results.values()];
  }

  /** Keeps it at once, since a long run may be interrupted; what was seen outlives what was not. */
  keep(result: Result): void {
    if (result.isBusy && this.results.get(keyOf(result))?.isBusy === false) return;
    this.results.set(keyOf(result), result);
    writeFileSync(FILE, `${JSON.stringify(this.all, undefined, 1)}\n`);
  }
}

const keyOf = ({ scenario, way }: Result): string => `${scenario} ${way}`;
