import { KEY_SEPARATOR } from '../../src/domain/document-key.js';
import { ALL_TITLES } from '../../src/domain/figures/session-sums.js';
import { DAY_MS, HOUR_MS, QUARTER_MS } from '../../src/domain/time.js';
import type { FigureParts } from '../../src/domain/figures/figure-totals.js';
import { foldedTotals } from '../../src/queries/figures/folded-totals.js';
import type { DocumentReader } from '../../src/ports/read-model/reader.js';

const NOTHING: FigureParts = { uniqueViewers: false, startupTime: false, peak: false };
const FROM = 20_000 * DAY_MS;

/** Notes the kind and span of the documents that are read, of an empty read model. */
async function readFor(
  wanted: Partial<FigureParts>,
  to: number,
  scopes: readonly string[] = [ALL_TITLES],
): Promise<readonly string[]> {
  const read: string[] = [];
  const reader = {
    range: (from: string) => {
      const [kind = '', , span = ''] = from.split(KEY_SEPARATOR);
      read.push(kind === 'minutes' ? kind : `${kind} ${span}`);
      return Promise.resolve([]);
    },
  } as Pick<DocumentReader, 'range'> as DocumentReader;
  const stretches = [{ from: FROM, to }];
  await foldedTotals({ reader, scopes, stretches }, { ...NOTHING, ...wanted });
  return read.sort();
}

describe('of the read model is read', () => {
  const days = FROM + 365 * DAY_MS;
  const withRest = days + 5 * HOUR_MS + QUARTER_MS;

  it('no document that nobody has selected', async () => {
    expect(await readFor({}, days)).toEqual(['figures day']);
    expect(await readFor({ startupTime: true }, days)).toEqual(['figures day', 'startups day']);
    expect(await readFor({ uniqueViewers: true }, days)).toEqual(['figures day', 'viewers day']);
    expect(await readFor({ peak: true }, days)).toEqual(['figures day', 'minutes']);
  });

  it('one range of each span, however long the stretch is', async () => {
    expect(await readFor({ uniqueViewers: true }, withRest)).toEqual([
      ...['figures day', 'figures hour', 'viewers day', 'viewers hour', 'viewers quarter'],
    ]);
  });

  it('as much for each title', async () => {
    expect(await readFor({}, days, ['a', 'b'])).toEqual(['figures day', 'figures day']);
  });
});
