import type { ComponentChildren, JSX } from 'preact';

/** The head of a table: the name of each column. */
export function HeadRow({
  columns,
  isHidden = false,
}: {
  readonly columns: readonly string[];
  /** Read out alone: the table's heading says the same. */
  readonly isHidden?: boolean;
}): JSX.Element {
  return (
    <thead class={isHidden ? 'hidden' : undefined}>
      <tr>
        {columns.map((name) => (
          <th scope="col" key={name}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** A stretch of the page that scrolls by itself, also by keys. */
export function Scroll({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}

/** What a row is of, on a bar that says how much it has. */
export function RowName({
  share,
  children,
}: {
  /** 0 to 1. */
  readonly share: number;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <th scope="row">
      <span class="share" style={{ width: `${String(share * 100)}%` }} aria-hidden="true" />
      <span class="name">{children}</span>
    </th>
  );
}
