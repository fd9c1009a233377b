const told = new Set<string>();

/** Tells whoever looks into the console, once a page for each thing; see `words.ts`. */
export function say(what: string, about: unknown = ''): void {
  if (told.has(what)) return;
  told.add(what);
  console.warn(`Playhead: ${say.words[what] ?? what}${String(about)}`);
}
say.words = {} as Readonly<Record<string, string>>;
