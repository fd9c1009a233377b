import type { JSX } from 'preact';
import type { Note } from '../figures/notes.js';

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
