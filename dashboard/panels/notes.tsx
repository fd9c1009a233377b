import type { JSX } from 'preact';
import type { FiguresReport } from '../api/schema.js';
import { short } from '../figures/format.js';
import { percentOf } from '../figures/reasons.js';

const count = (value: number): string => short(value, 'count');

/** What has to be said of figures so that nobody takes them for more than they are. */
export function notesOf({ figures, sampled }: FiguresReport): readonly string[] {
  const { views, anonymousViews, viewsWithoutStates, open } = figures;
  const known = views - anonymousViews;
  return [
    ...(sampled < 1 ? [`Estimated from ${percentOf(sampled)} of sessions.`] : []),
    ...(views > 0 && known < views / 2
      ? [`${count(known)} of ${count(views)} views have a viewer.`]
      : []),
    ...(viewsWithoutStates > 0
      ? [
          `${count(viewsWithoutStates)} of ${count(views)} views are of players that report no ` +
            'play states: they are in no rate and no average.',
        ]
      : []),
    ...(open > 0 ? [`${count(open)} sessions are under way: their figures still grow.`] : []),
  ];
}

export function Notes({ notes }: { readonly notes: readonly string[] }): JSX.Element | null {
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
