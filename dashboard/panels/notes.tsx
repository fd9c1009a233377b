import type { JSX } from 'preact';
import { zone } from '../address/router.js';
import type { FiguresReport } from '../api/schema.js';
import { sinceWhen } from '../api/server.js';
import { FULL, timeIn } from '../figures/format.js';
import { SAYS } from '../texts.js';

/** A sentence about figures; one that holds a figure tells scripts of it. */
export interface Note {
  readonly text: string;
  readonly metric?: string;
  readonly value?: number;
}

/** Says of how many sessions figures are estimated. */
export const sampledNotes = (sampled: number): readonly Note[] =>
  sampled < 1 ? [{ text: SAYS.sampled(sampled), metric: 'sampled', value: sampled }] : [];

/** Says that there was nothing yet in the period before, or in some of it. */
export function comparedNotes(): readonly Note[] {
  if (sinceWhen.value === undefined) return [];
  const { beginMs, isNone } = sinceWhen.value;
  return [{ text: SAYS.nothingBefore(timeIn(beginMs, zone.value, FULL), isNone) }];
}

/** What has to be said of figures so that nobody takes them for more than they are. */
export function notesOf({ figures, sampled }: FiguresReport): readonly Note[] {
  const { anonymousViews, viewsWithoutStates, open } = figures;
  const about = (metric: string, value: number, text: string): readonly Note[] =>
    value > 0 ? [{ text, metric, value }] : [];
  return [
    ...sampledNotes(sampled),
    ...about('anonymousViews', anonymousViews, SAYS.viewsWithViewer(figures)),
    ...about('viewsWithoutStates', viewsWithoutStates, SAYS.viewsWithoutStates(figures)),
    ...about('open', open, SAYS.open(open)),
    ...comparedNotes(),
  ];
}

export function Notes({ notes }: { readonly notes: readonly Note[] }): JSX.Element | null {
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map(({ text, metric, value }) => (
        <li key={text} data-metric={metric} data-value={value}>
          {text}
        </li>
      ))}
    </ul>
  );
}
