import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { linkTo } from '../address/router.js';
import { ask, AskError, faultText } from '../api/ask.js';
import { keyHeaders } from '../api/key.js';
import type { StreamConnection } from '../api/schema.js';
import { SAYS } from '../texts.js';
import { searched } from './shown.js';

const PAUSE_MS = 200;
const FOUND =
  'mediaList(search: $search, first: 8) { totalCount edges { node { mediaId title } } }';

/** The titles that a search found, each leading to its page. */
export function Found(): JSX.Element | null {
  const found = useFound(searched.value);
  if (found === undefined) return null;
  return (
    <div class="found">
      <p aria-live="polite">{typeof found === 'string' ? found : SAYS.found(found.totalCount)}</p>
      {typeof found !== 'string' &&
        found.edges.map(({ node: { mediaId, title } }) => (
          <a
            key={mediaId}
            dir="auto"
            title={title}
            href={linkTo({ page: 'media', id: mediaId })}
            onClick={() => {
              searched.value = '';
            }}
          >
            {title}
          </a>
        ))}
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
