import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { saveCsv } from '../api/csv.js';
import type { Variables } from '../api/document.js';
import { WORDS } from '../texts.js';

/** A button that saves what a query answers as a file. */
export function SaveCsv({
  file,
  variables: { range, filter },
  asked,
}: {
  readonly file: 'breakdown' | 'sessions' | 'timeseries';
  /** Those of what is shown: its range and filters. */
  readonly variables: Variables;
  readonly asked: Readonly<Record<string, unknown>>;
}): JSX.Element {
  const [said, say] = useState<string>(WORDS.csv);
  return (
    <button
      type="button"
      onClick={() => {
        say('…');
        saveCsv(file, { range, filter, ...asked }).then(
          () => {
            say(WORDS.csv);
          },
          (error: unknown) => {
            say(error instanceof Error ? error.message : String(error));
          },
        );
      }}
    >
      {said}
    </button>
  );
}
