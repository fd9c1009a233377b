import type { ComponentChildren, JSX } from 'preact';
import type { Answer } from '../api/answers.js';
import { isPassing, type AskError } from '../api/ask.js';
import { isOffline } from '../api/course.js';
import { moved } from '../api/stream.js';
import { isBehind } from '../head/freshness.js';
import { WORDS } from '../texts.js';
import { OTHER_REMEDY, REMEDIES } from '../texts-faults.js';

export interface PanelProps {
  /** Its name for scripts, in `data-panel`. */
  readonly name: string;
  /** Its heading; undefined: it has none of its own. */
  readonly title?: string | undefined;
  readonly answer: Pick<Answer<object>, 'isAsking' | 'data' | 'errors' | 'retry'>;
  /** The parts of the answer that it shows. */
  readonly parts: readonly string[];
  readonly isEmpty?: boolean;
  /** Stands beside the heading. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of a page that is loaded, and fails, by itself; old numbers stay until new ones come. */
export function Panel(props: PanelProps): JSX.Element {
  const { name, title, answer, parts, isEmpty = false, aside, children } = props;
  const error = parts.flatMap((part) => answer.errors[part] ?? [])[0];
  const hasData = parts.every((part) => part in (answer.data ?? {}));
  const isShown = hasData && error?.code === 'OFFLINE';
  const state =
    error !== undefined && !isShown
      ? 'error'
      : answer.isAsking
        ? 'loading'
        : isEmpty
          ? 'empty'
          : isBehind(moved.value)
            ? 'behind'
            : 'ready';
  return (
    <section class="panel" data-panel={name} data-state={state} aria-busy={state === 'loading'}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {error !== undefined && !isShown && <Failure error={error} retry={answer.retry} />}
      {hasData ? (
        <div class="content">{children}</div>
      ) : (
        error === undefined && <div class="skeleton" />
      )}
    </section>
  );
}

/** Says what failed, and what to do about it. */
export function Failure({
  error,
  retry,
}: {
  readonly error: AskError;
  readonly retry: () => void;
}): JSX.Element {
  // That the server is out of reach stands above all panels, once.
  if (error.code === 'OFFLINE' && isOffline.value) {
    return (
      <p class="failure">
        <code>{error.code}</code>
      </p>
    );
  }
  return (
    <div class="failure" role="alert">
      <p>
        <code>{error.code}</code> {error.message}
      </p>
      <p>{REMEDIES[error.code] ?? OTHER_REMEDY}</p>
      {!isPassing(error) && (
        <button type="button" onClick={retry}>
          {WORDS.retry}
        </button>
      )}
    </div>
  );
}
