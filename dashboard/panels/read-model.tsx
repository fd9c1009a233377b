import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import { faultText } from '../api/ask.js';
import { give, type Order, type Outcome } from '../api/orders.js';
import type { ProjectionStatus } from '../api/schema.js';
import { duration, FULL, short, timeIn } from '../figures/format.js';
import { WORDS } from '../texts.js';
import { Dialog } from './dialog.jsx';
import { Said } from './said.jsx';

/** What is asked again before an order is given, as it cannot be taken back or takes long. */
const ASKED_AGAIN: Partial<Record<Order, string>> = {
  rebuild:
    'The log is folded anew, which takes as long as the log is. ' +
    'The read model serves as it is until the new one takes its place.',
  cancel: 'What was folded so far is thrown away.',
  rollBack: 'The read model before the last rebuild takes the place of this one.',
  verify: 'The log is folded anew and compared, which takes as long as a rebuild. Nothing changes.',
};

const NAMES: Readonly<Record<Order, string>> = {
  rebuild: 'Rebuild',
  cancel: 'Cancel the rebuild',
  rollBack: 'Roll back',
  verify: 'Verify',
  retry: 'Retry parked events',
};

/** A read model: how it is, and what can be ordered of it. */
export function ReadModel({
  status,
  onDone,
}: {
  readonly status: ProjectionStatus;
  readonly onDone: () => void;
}): JSX.Element {
  const { name, state } = status;
  const [asked, setAsked] = useState<Order | undefined>(undefined);
  const [said, say] = useState<string | undefined>(undefined);
  const close = (): void => {
    setAsked(undefined);
  };
  const carryOut = (order: Order): void => {
    close();
    say(`${NAMES[order]} …`);
    give(order, name).then(
      (outcome) => {
        say(`${NAMES[order]}: ${told(outcome)}`);
        onDone();
      },
      (error: unknown) => {
        say(faultText(error));
      },
    );
  };
  return (
    <article class="model" data-value={name}>
      <h3>
        {name} <span class={`state ${state.toLowerCase()}`}>{state.toLowerCase()}</span>
      </h3>
      <Standing status={status} />
      <p class="actions">
        {ordersFor(status).map((order) => (
          <button
            key={order}
            type="button"
            onClick={() => {
              if (ASKED_AGAIN[order] === undefined) carryOut(order);
              else setAsked(order);
            }}
          >
            {NAMES[order]}
          </button>
        ))}
      </p>
      <Said>{said}</Said>
      {asked !== undefined && (
        <AskAgain
          order={asked}
          name={name}
          onGive={() => {
            carryOut(asked);
          }}
          onClose={close}
        />
      )}
    </article>
  );
}

/** What can be ordered of a read model as it is. */
function ordersFor({ state, canRollBack, parkedEvents }: ProjectionStatus): readonly Order[] {
  const isRebuilding = state === 'REBUILDING';
  return [
    ...(isRebuilding ? (['cancel'] as const) : (['rebuild', 'verify'] as const)),
    ...(canRollBack && !isRebuilding ? (['rollBack'] as const) : []),
    ...(parkedEvents > 0 ? (['retry'] as const) : []),
  ];
}

function AskAgain({
  order,
  name,
  onGive,
  onClose,
}: {
  readonly order: Order;
  readonly name: string;
  readonly onGive: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={`${NAMES[order]}: ${name}?`} onClose={onClose}>
      <p>{ASKED_AGAIN[order]}</p>
      <p class="actions">
        <button type="button" class="primary" onClick={onGive}>
          {NAMES[order]}
        </button>
        <button type="button" onClick={onClose}>
          {WORDS.cancel}
        </button>
      </p>
    </Dialog>
  );
}

/** Says what an order did. */
function told(outcome: Outcome): string {
  if (!('documents' in outcome)) return `${outcome.name} is ${outcome.state.toLowerCase()}.`;
  const { documents, differing, parked, first } = outcome;
  const which = first === null ? '' : ` The first is ${first.document}.`;
  return (
    `${short(documents, 'count')} documents compared, ${short(differing, 'count')} differ, ` +
    `${short(parked, 'count')} lack parked events.${which}`
  );
}

function Standing({ status }: { readonly status: ProjectionStatus }): JSX.Element {
  const { lagSeconds, lagEvents, parkedEvents, generation, owner, lastAppliedAt } = status;
  const { rebuildProgress, rebuildEventsPerSecond, rebuildTimeLeft, lastRebuild } = status;
  return (
    <>
      {rebuildProgress !== null && (
        <p>
          <progress value={rebuildProgress} aria-label={`Rebuild of ${status.name}`} />{' '}
          <span data-metric="rebuildProgress" data-value={rebuildProgress}>
            {short(rebuildProgress, 'rate')}
          </span>
          , {short(rebuildEventsPerSecond, 'count')} events a second
          {rebuildTimeLeft !== null && `, ${duration(rebuildTimeLeft)} left`}
        </p>
      )}
      <dl class="facts grid">
        <Fact name="Lag" metric="lagSeconds" value={lagSeconds} text={duration(lagSeconds)} />
        <Fact
          name="Events behind"
          metric="lagEvents"
          value={lagEvents}
          text={short(lagEvents, 'count')}
        />
        <Fact
          name="Parked"
          metric="parkedEvents"
          value={parkedEvents}
          text={short(parkedEvents, 'count')}
        />
        <Fact name="Version" value={status.version} text={String(status.version)} />
        {generation !== null && (
          <Fact name="Generation" value={generation} text={String(generation)} />
        )}
        {owner !== null && <Fact name="Node" value={null} text={owner} />}
        {lastAppliedAt !== null && (
          <Fact name="Last event" value={null} text={timeIn(lastAppliedAt, zone.value, FULL)} />
        )}
        {lastRebuild !== null && (
          <Fact
            name={`Last rebuild: ${lastRebuild.outcome.toLowerCase()}`}
            value={null}
            text={`${timeIn(lastRebuild.at, zone.value, FULL)}. ${lastRebuild.detail}`}
          />
        )}
      </dl>
    </>
  );
}

function Fact({
  name,
  metric,
  value,
  text,
}: {
  readonly name: string;
  readonly metric?: string;
  readonly value: number | null;
  readonly text: string;
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-metric={metric} data-value={metric === undefined ? undefined : (value ?? '')}>
        {text}
      </dd>
    </div>
  );
}
