import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The most files of a chain in which each imports the next; a longer one is hard to follow. */
const CHAIN_MAX = 12;
/** An import or export of a module of ours that is there when the program runs. */
const IMPORT = /^(?:import|export) (?!type )([^;]*?) from '(\.[^']*)';/gm;
const TYPES_ALONE = /^\{(?:\s*type [^,}]+,?)+\s*\}$/;

const FILES = ['src', 'projections'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

function importsOf(file: string): readonly string[] {
  const imports = [...readFileSync(file, 'utf8').matchAll(IMPORT)];
  return imports.flatMap(([, names = '', path = '']) =>
    TYPES_ALONE.test(names) ? [] : [join(dirname(file), path).replace(/\.js$/, '.ts')],
  );
}

const graph = new Map(FILES.map((file) => [file, importsOf(file)]));
const known = new Map<string, readonly string[]>();

/** Returns the longest chain that begins with a file; there are no cycles. */
function chainFrom(file: string): readonly string[] {
  const found = known.get(file);
  if (found !== undefined) return found;
  const next = (graph.get(file) ?? []).map(chainFrom);
  const longest = next.reduce((a, b) => (b.length > a.length ? b : a), []);
  const chain = [file, ...longest];
  known.set(file, chain);
  return chain;
}

it(`no chain of imports has more than ${String(CHAIN_MAX)} files`, () => {
  const chains = FILES.map(chainFrom);
  expect(chains.length).toBeGreaterThan(500);
  expect(chains.filter(({ length }) => length > CHAIN_MAX)).toEqual([]);
  // What is measured is there: the server's handlers rest on the words of the domain.
  expect(chainFrom('src/queries/queries.module.ts').at(-1)).toMatch(/^src\/domain\//);
});
