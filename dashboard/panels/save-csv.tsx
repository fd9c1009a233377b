import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { faultText } from '../api/ask.js';
import { saveCsv } from '../api/csv.js';
import type { Variables } from '../api/document.js';
import { WORDS } from '../texts.js';
import { Said } from './said.jsx';

/** A button that saves what a query answers as a file, and says why it could not. */
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
  const [said, say] = useState('');
  return (
    <>
      <button
        type="button"
        onClick={() => {
          say('…');
          saveCsv(file, { range, filter, ...asked }).then(
            () => {
              say('');
            },
            (error: unknown) => {
              say(faultText(error));
            },
          );
        }}
      >
        {WORDS.csv}
      </button>
      {said !== '' && <Said>{said}</Said>}
    </>
  );
}
