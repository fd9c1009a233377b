import type { ComponentChildren, JSX } from 'preact';

/** What the marks of a drawing stand for. */
export function Legend({
  marks,
}: {
  readonly marks: readonly { readonly name: string; readonly mark: ComponentChildren }[];
}): JSX.Element {
  return (
    <ul class="legend">
      {marks.map(({ name, mark }) => (
        <li key={name}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            {mark}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
