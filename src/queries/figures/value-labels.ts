import { MEDIA, type MediaDocument } from '../../../projections/popularity.js';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { ReadModels } from '../read-models.js';

/**
 * Returns the labels of a dimension's values: a title's registered name, a country's English name.
 * A value without another label is left out.
 */
export async function labelsOf(
  by: Dimension,
  values: readonly string[],
  readModels: ReadModels,
  readAfter: number | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (by === 'COUNTRY') {
    const known = values.filter((value) => value !== '');
    return new Map(known.map((value) => [value, countries.of(value) ?? value]));
  }
  if (by !== 'MEDIA' || values.length === 0) return new Map();
  return readModels.readBeside(['popularity'], readAfter, async ({ popularity }) => {
    const keys = values.map((value) => MEDIA.key(value));
    const found = await popularity.get<MediaDocument>(keys);
    const titled = [...found.values()].filter(({ description }) => description !== undefined);
    return new Map(titled.map(({ mediaId, description }) => [mediaId, description?.title ?? '']));
  });
}

const countries = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });
