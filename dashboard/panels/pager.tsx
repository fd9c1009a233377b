import type { ComponentChildren, JSX } from 'preact';
import type { PageInfo } from '../api/schema.js';

/** The cursors of the pages that were turned, the last one that of the page that is shown. */
export type Cursors = readonly string[];

/** Turns the pages of a list. */
export function Pager({
  cursors,
  pageInfo,
  names: [back, next],
  onTurn,
  children,
}: {
  readonly cursors: Cursors;
  readonly pageInfo: PageInfo;
  readonly names: readonly [back: string, next: string];
  readonly onTurn: (cursors: Cursors) => void;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="bar">
      {children}
      <button
        type="button"
        disabled={cursors.length === 0}
        onClick={() => {
          onTurn(cursors.slice(0, -1));
        }}
      >
        {back}
      </button>
      <button
        type="button"
        disabled={!pageInfo.hasNextPage}
        onClick={() => {
          onTurn([...cursors, pageInfo.endCursor ?? '']);
        }}
      >
        {next}
      </button>
    </div>
  );
}
