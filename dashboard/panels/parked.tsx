import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import { useAnswer } from '../api/answers.js';
import { faultText } from '../api/ask.js';
import { skip } from '../api/orders.js';
import type { ParkedEvent } from '../api/schema.js';
import { exact, FULL, timeIn } from '../figures/format.js';
import { WORDS } from '../texts.js';
import { Dialog } from './dialog.jsx';
import { Said } from './said.jsx';
import { Panel } from './panel.jsx';

const PARTS = {
  parkedEvents:
    'parkedEvents(projection: $name) { id logPosition document reason parkedAt skipped }',
};

/** The events that a read model could not take, and the way to give one up. */
export function Parked({
  name,
  onDone,
}: {
  readonly name: string;
  readonly onDone: () => void;
}): JSX.Element {
  const answer = useAnswer<{ readonly parkedEvents: readonly ParkedEvent[] }>(
    { parts: PARTS, variables: { name } },
    undefined,
  );
  const [asked, setAsked] = useState<ParkedEvent | undefined>(undefined);
  const [said, say] = useState('');
  const close = (): void => {
    setAsked(undefined);
  };
  const carryOut = (event: ParkedEvent, reason: string): void => {
    close();
    skip(name, event.id, reason).then(
      () => {
        say(`The event at ${exact(event.logPosition, 'count')} is given up.`);
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
      title={`Parked: ${name}`}
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
        <b>{exact(logPosition, 'count')}</b>, {timeIn(parkedAt, zone.value, FULL)}
        {document !== null && (
          <>
            , <code>{document}</code>
          </>
        )}
      </p>
      <p>{reason}</p>
      {skipped === null ? (
        <button type="button" onClick={onSkip}>
          Give it up …
        </button>
      ) : (
        <p>Given up: {skipped}</p>
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
    <Dialog title={`Give up the event at ${exact(event.logPosition, 'count')}?`} onClose={onClose}>
      <p>It stays in the log and out of this read model. This cannot be taken back.</p>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (reason.trim() !== '') onGive(reason.trim());
        }}
      >
        <label class="pick">
          <span>Reason</span>
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
            Give it up
          </button>
          <button type="button" onClick={onClose}>
            {WORDS.cancel}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
