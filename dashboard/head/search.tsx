import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { linkTo } from '../address/router.js';
import { ask, AskError, faultText } from '../api/ask.js';
import { keyHeaders } from '../api/key.js';
import type { StreamConnection } from '../api/schema.js';
import { SAYS, WORDS } from '../texts.js';

const PAUSE_MS = 200;
const FOUND =
  'mediaList(search: $search, first: 8) { totalCount edges { node { mediaId title } } }';

export const SEARCH_ID = 'search';

/** Finds a title by a part of its name or id, and leads to its page. */
export function Search(): JSX.Element {
  const [text, setText] = useState('');
  const found = useFound(text);
  const close = (): void => {
    setText('');
  };
  return (
    <div
      class="search"
      role="search"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          // It is for the search alone.
          event.preventDefault();
          close();
          document.getElementById(SEARCH_ID)?.focus();
        } else step(event);
      }}
    >
      <input
        id={SEARCH_ID}
        type="search"
        placeholder={WORDS.searchTitle}
        aria-label={WORDS.searchTitle}
        aria-keyshortcuts="/"
        value={text}
        autocomplete="off"
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
        }}
      />
      {found !== undefined && (
        <div class="found">
          <p aria-live="polite">
            {typeof found === 'string' ? found : SAYS.found(found.totalCount)}
          </p>
          {typeof found !== 'string' &&
            found.edges.map(({ node: { mediaId, title } }) => (
              <a
                key={mediaId}
                dir="auto"
                title={title}
                href={linkTo({ page: 'media', id: mediaId })}
                onClick={close}
              >
                {title}
              </a>
            ))}
        </div>
      )}
    </div>
  );
}

/** Looks for titles once nobody types any more; a text says what went wrong. */
function useFound(text: string): StreamConnection | string | undefined {
  const [found, setFound] = useState<StreamConnection | string | undefined>(undefined);
  useEffect(() => {
    setFound(undefined);
    if (text.trim() === '') return undefined;
    const abort = new AbortController();
    const question = { parts: { mediaList: FOUND }, variables: { search: text.trim() } };
    const timer = setTimeout(() => {
      ask<{ mediaList: StreamConnection }>(question, {
        headers: keyHeaders(),
        signal: abort.signal,
      }).then(
        ({ mediaList }) => {
          setFound(mediaList);
        },
        (error: unknown) => {
          if (error instanceof AskError) setFound(faultText(error));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return found;
}

/** The arrow keys lead from the field to what was found, and back. */
function step(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, a')];
  const here = stops.findIndex((one) => one === document.activeElement);
  if (event.key === 'Enter' && here === 0) stops[1]?.click();
  if (by === undefined) return;
  event.preventDefault();
  stops[here + by]?.focus();
}
