import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { compare, type Comparison, type Result } from './measure.js';

/** Rounds of each comparison, both sides in turn. */
export const ROUNDS = 5;
const RESULTS_FILE = 'bench/RESULTS.md';
const HEAD = `# Benchmark results

Each section is written by its own command, with \`-- --write\`. Medians of interleaved rounds; the
ratio is the median of the rounds' own ratios. Compare ratios, not rates: machines differ, and this
one is shared.
`;

/** The results of some comparisons, printed as they come and written down as one section. */
export class Report {
  private readonly results: Result[] = [];
  private readonly findings: string[] = [];

  constructor(
    private readonly title: string,
    /** The command that makes the section. */
    private readonly command: string,
    /** The reasons for the ratios. */
    private readonly notes: readonly string[],
  ) {}

  /** Adds a finding that no ratio tells. */
  note(finding: string): void {
    process.stdout.write(`${finding}\n\n`);
    this.findings.push('', finding);
  }

  async measure(comparison: Comparison, rounds = ROUNDS): Promise<void> {
    this.add(await compare(comparison, rounds));
  }

  add(result: Result): void {
    this.results.push(result);
    const { title, unit, subject, peer, ratio, aim } = result;
    const lines = [subject, peer].map(
      (one) => `  ${rounded(one.median).padStart(10)} ${unit}  ${one.name}\n`,
    );
    const ratios = `  ratio ${percent(ratio)} (aim: at least ${percent(aim)})`;
    process.stdout.write(`${title}\n${lines.join('')}${ratios}\n\n`);
  }

  /** Writes its section into the file of results, in the place of the last one, if asked to. */
  writeIfAsked(): void {
    const isEmpty = this.results.length === 0 && this.findings.length === 0;
    if (!process.argv.includes('--write') || isEmpty) return;
    const before = existsSync(RESULTS_FILE) ? readFileSync(RESULTS_FILE, 'utf8') : '';
    const sections = before.split(/^(?=## )/m).slice(1);
    const place = sections.findIndex((section) => section.startsWith(`## ${this.title}\n`));
    sections.splice(place < 0 ? sections.length : place, place < 0 ? 0 : 1, this.section());
    const body = sections.map((section) => `${section.trimEnd()}\n`).join('\n');
    writeFileSync(RESULTS_FILE, `${HEAD}\n${body}`);
  }

  private section(): string {
    const processor = cpus()[0]?.model ?? 'unknown';
    const rows = this.results.map(({ title, unit, subject, peer, ratio, aim }) =>
      [title, `${rounded(subject.median)} ${unit}`, `${rounded(peer.median)} ${unit}`]
        .concat(peer.name, percent(ratio), percent(aim))
        .join(' | '),
    );
    return [
      `## ${this.title}`,
      '',
      `- Command: \`${this.command}\``,
      `- Date: ${new Date().toISOString().slice(0, 10)}`,
      `- Machine: ${String(cpus().length)} cores, ${processor}; Node ${process.version}`,
      ...(rows.length === 0 ? [] : tableOf(rows)),
      '',
      ...this.notes,
      ...this.findings,
      '',
    ].join('\n');
  }
}

const tableOf = (rows: readonly string[]): readonly string[] => [
  `- Rounds: ${String(ROUNDS)}, after one that is not counted`,
  '',
  '| what | rate | peer | which is | ratio | aim |',
  '| --- | ---: | ---: | --- | ---: | ---: |',
  ...rows.map((row) => `| ${row} |`),
];

const rounded = (rate: number): string => Math.round(rate).toLocaleString('en');
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
