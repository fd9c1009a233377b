import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { faultText } from '../api/ask.js';
import { FIGURES } from '../api/course.js';
import { skip } from '../api/orders.js';
import type { ParkedEvent } from '../api/schema.js';
import { exact, FULL, timeIn } from '../figures/format.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { Dialog } from './dialog.jsx';
import { Said } from './said.jsx';
import { Panel } from './panel.jsx';

const PARTS = {
  parkedEvents:
    'parkedEvents(projection: $name) { id logPosition document reason parkedAt skipped }',
};

interface ParkedAnswer {
  readonly parkedEvents: readonly ParkedEvent[];
}

/** Asks which there are, and again as soon as they are more or fewer. */
function useParked(name: string, count: number): Answer<ParkedAnswer> {
  const answer = useAnswer<ParkedAnswer>({ parts: PARTS, variables: { name } }, FIGURES);
  const known = useRef(count);
  useEffect(() => {
    if (count !== known.current) answer.retry();
    known.current = count;
  }, [count]);
  return answer;
}

/** The events that a read model could not take, and the way to give one up. */
export function Parked({
  name,
  count,
  onDone,
}: {
  readonly name: string;
  /** How many there are that were not given up. */
  readonly count: number;
  readonly onDone: () => void;
}): JSX.Element {
  const answer = useParked(name, count);
  const [asked, setAsked] = useState<ParkedEvent | undefined>(undefined);
  const [said, say] = useState('');
  const close = (): void => {
    setAsked(undefined);
  };
  const carryOut = (event: ParkedEvent, reason: string): void => {
    close();
    skip(name, event.id, reason).then(
      () => {
        say(LATER_SAYS.givenUp(exact(event.logPosition, 'count')));
        answer.retry();
        onDone();
      },
      (error: unknown) => {
        say(faultText(error));
      },
    );
  };
  return (
    <Panel
      name={`parked-${name}`}
      title={`${LATER_WORDS.parked}: ${name}`}
      answer={answer}
      parts={['parkedEvents']}
    >
      <ul class="parked">
        {answer.data?.parkedEvents?.map((event) => (
          <ParkedItem
            key={event.id}
            event={event}
            onSkip={() => {
              setAsked(event);
            }}
          />
        ))}
      </ul>
      <Said>{said}</Said>
      {asked !== undefined && (
        <AskReason
          event={asked}
          onGive={(reason) => {
            carryOut(asked, reason);
          }}
          onClose={close}
        />
      )}
    </Panel>
  );
}

function ParkedItem({
  event: { id, logPosition, parkedAt, document, reason, skipped },
  onSkip,
}: {
  readonly event: ParkedEvent;
  readonly onSkip: () => void;
}): JSX.Element {
  return (
    <li data-value={id}>
      <p>
        <b data-metric="logPosition" data-value={logPosition}>
          {exact(logPosition, 'count')}
        </b>
        , {timeIn(parkedAt, zone.value, FULL)}
        {document !== null && (
          <>
            , <code>{document}</code>
          </>
        )}
      </p>
      <p>{reason}</p>
      {skipped === null ? (
        <button type="button" onClick={onSkip}>
          {LATER_WORDS.giveUp} …
        </button>
      ) : (
        <p>
          {LATER_WORDS.givenUp}: {skipped}
        </p>
      )}
    </li>
  );
}

function AskReason({
  event,
  onGive,
  onClose,
}: {
  readonly event: ParkedEvent;
  readonly onGive: (reason: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const [reason, setReason] = useState('');
  return (
    <Dialog title={LATER_SAYS.giveUp(exact(event.logPosition, 'count'))} onClose={onClose}>
      <p>{LATER_WORDS.giveUpMeans}</p>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (reason.trim() !== '') onGive(reason.trim());
        }}
      >
        <label class="pick">
          <span>{LATER_WORDS.reason}</span>
          <input
            required
            value={reason}
            onInput={({ currentTarget }) => {
              setReason(currentTarget.value);
            }}
          />
        </label>
        <p class="actions">
          <button type="submit" class="primary">
            {LATER_WORDS.giveUp}
          </button>
          <button type="button" onClick={onClose}>
            {LATER_WORDS.cancel}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
