import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsIn, documents, linksIn, read } from './markdown.js';

/** Where a link leads that stays in the repository. */
interface LocalLink {
  readonly path: string;
  readonly anchor: string | undefined;
}

function localLinks(document: string): readonly LocalLink[] {
  return linksIn(read(document))
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      const at = path === '' ? document : normalize(join(dirname(document), path));
      return { path: at, anchor };
    });
}

describe.each(documents)('%s', (document) => {
  it('links to files that exist', () => {
    const missing = localLinks(document).filter(({ path }) => !existsSync(path));
    expect(missing).toEqual([]);
  });

  it('links to headings that exist', () => {
    const missing = localLinks(document).filter(
      ({ path, anchor }) => anchor !== undefined && !anchorsIn(read(path)).includes(anchor),
    );
    expect(missing).toEqual([]);
  });
});

test('every document can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const document of reached) {
    for (const { path } of localLinks(document)) if (path.endsWith('.md')) reached.add(path);
  }
  expect([...reached].sort()).toEqual([...documents].sort());
});
