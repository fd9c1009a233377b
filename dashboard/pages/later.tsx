import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { AskError } from '../api/ask.js';
import { beginAsking } from '../api/readiness.js';
import { Failure } from '../panels/panel.jsx';

type More = typeof import('./more.js');

const more = signal<More | undefined>(undefined);

/** Shows a part of the second file; loads that first where it is not there. */
export function Later({ name }: { readonly name: keyof More }): JSX.Element | null {
  const [error, setError] = useState<AskError | undefined>(undefined);
  const load = (): void => {
    const end = beginAsking();
    setError(undefined);
    import('./more.js')
      .then(
        (loaded) => {
          more.value = loaded;
        },
        (fault: unknown) => {
          setError(new AskError('PAGE_NOT_LOADED', String(fault)));
        },
      )
      .finally(end);
  };
  useLayoutEffect(() => {
    if (more.peek() === undefined) load();
  }, []);
  if (error !== undefined) return <Failure error={error} retry={load} />;
  const Page = more.value?.[name];
  return Page === undefined ? null : <Page />;
}
