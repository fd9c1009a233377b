/** The words that are no parts: `--write` is read where results are written. */
const FLAGS: ReadonlySet<string> = new Set(['--write']);
const HELP: ReadonlySet<string> = new Set(['--help', '-h']);

/** What a run of the benchmark is asked for: its parts, or what to say in their place. */
export type Asked =
  { readonly parts: readonly string[] } | { readonly say: string; readonly isRefused: boolean };

/** Reads the arguments of a run; none of the parts named are all of them. */
export function askedParts(words: readonly string[], known: readonly string[]): Asked {
  const usage =
    'npm run bench -- [PART ...] [--write]\n\n' +
    `Measures all parts, or those that are named: ${known.join(', ')}.\n` +
    '--write puts the results into bench/RESULTS.md.';
  if (words.some((word) => HELP.has(word))) return { say: usage, isRefused: false };
  const unknown = words.filter((word) => !known.includes(word) && !FLAGS.has(word));
  if (unknown.length > 0) {
    return { say: `not known: ${unknown.join(', ')}\n\n${usage}`, isRefused: true };
  }
  const named = known.filter((part) => words.includes(part));
  return { parts: named.length === 0 ? known : named };
}
