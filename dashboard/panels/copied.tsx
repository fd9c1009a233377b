import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { LATER_WORDS } from '../texts-later.js';

/** A button that copies a text, and says so. */
export function Copied({
  text,
  label,
}: {
  readonly text: string;
  readonly label: string;
}): JSX.Element {
  const [said, say] = useState<string>(label);
  return (
    <button
      type="button"
      onClick={() => {
        copy(text).then(
          () => {
            say(LATER_WORDS.copied);
          },
          // Where a page may not write to the clipboard, the text is there to be marked.
          () => {
            say(text);
          },
        );
      }}
    >
      {said}
    </button>
  );
}

/** Copies a text; without TLS browsers have no clipboard for pages. */
const copy = async (text: string): Promise<void> => navigator.clipboard.writeText(text);
