import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { variables } from '../address/asked.js';
import { saveCsv } from '../api/csv.js';
import { WORDS } from '../texts.js';

/** A button that saves what a query answers as a file. */
export function SaveCsv({
  file,
  asked,
}: {
  readonly file: 'breakdown' | 'sessions' | 'timeseries';
  readonly asked: Readonly<Record<string, unknown>>;
}): JSX.Element {
  const [said, say] = useState<string>(WORDS.csv);
  return (
    <button
      type="button"
      onClick={() => {
        say('…');
        const { range, filter } = variables.value;
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
