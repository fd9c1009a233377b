import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import { faultText } from '../api/ask.js';
import { give, type Order, type Outcome } from '../api/orders.js';
import type { ProjectionStatus } from '../api/schema.js';
import { exact, FULL, short, timeIn, type Unit } from '../figures/format.js';
import { LATER_SAYS, LATER_WORDS, ORDER_NAMES, ORDER_WARNINGS } from '../texts-later.js';
import { Dialog } from './dialog.jsx';
import { Said } from './said.jsx';

interface Orders {
  /** What the last order did, or why it was refused. */
  readonly said: string | undefined;
  /** The one that is being carried out. */
  readonly running: Order | undefined;
  readonly give: (order: Order) => void;
}

/** Gives orders, and tells what became of them. */
function useOrders(name: string, onDone: () => void): Orders {
  const [said, say] = useState<string | undefined>(undefined);
  const [running, setRunning] = useState<Order | undefined>(undefined);
  const giveOrder = (order: Order): void => {
    say(`${ORDER_NAMES[order]} …`);
    setRunning(order);
    give(order, name)
      .then(
        (outcome) => {
          say(`${ORDER_NAMES[order]}: ${told(outcome)}`);
        },
        (error: unknown) => {
          say(faultText(error));
        },
      )
      .finally(() => {
        setRunning(undefined);
        // What an order was refused for is not as the page has it.
        onDone();
      });
  };
  return { said, running, give: giveOrder };
}

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
  const close = (): void => {
    setAsked(undefined);
  };
  const { said, running, give: carryOut } = useOrders(name, onDone);
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
            disabled={running !== undefined}
            onClick={() => {
              if (ORDER_WARNINGS[order] === undefined) carryOut(order);
              else setAsked(order);
            }}
          >
            {ORDER_NAMES[order]}
          </button>
        ))}
      </p>
      {running === 'verify' && <progress aria-label={`${ORDER_NAMES.verify}: ${name}`} />}
      <Said>{said}</Said>
      {asked !== undefined && (
        <AskAgain
          order={asked}
          name={name}
          onGive={() => {
            close();
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
    <Dialog title={`${ORDER_NAMES[order]}: ${name}?`} onClose={onClose}>
      <p>{ORDER_WARNINGS[order]}</p>
      <p class="actions">
        <button type="button" class="primary" onClick={onGive}>
          {ORDER_NAMES[order]}
        </button>
        <button type="button" onClick={onClose}>
          {LATER_WORDS.cancel}
        </button>
      </p>
    </Dialog>
  );
}

/** Says what an order did. */
const told = (outcome: Outcome): string =>
  'documents' in outcome
    ? LATER_SAYS.verified(outcome)
    : LATER_SAYS.isNow(outcome.name, outcome.state.toLowerCase());

function Standing({ status }: { readonly status: ProjectionStatus }): JSX.Element {
  const { lagSeconds, lagEvents, parkedEvents, version, generation, owner, lastAppliedAt } = status;
  const { lastRebuild } = status;
  return (
    <>
      <Progress status={status} />
      <dl class="facts grid">
        <Fact name={LATER_WORDS.lag} metric="lagSeconds" value={lagSeconds} unit="seconds" />
        <Fact name={LATER_WORDS.eventsBehind} metric="lagEvents" value={lagEvents} unit="count" />
        <Fact name={LATER_WORDS.parked} metric="parkedEvents" value={parkedEvents} unit="count" />
        <Fact name={LATER_WORDS.version} metric="version" value={version} unit="count" />
        {generation !== null && (
          <Fact name={LATER_WORDS.generation} metric="generation" value={generation} unit="count" />
        )}
        {owner !== null && <Fact name={LATER_WORDS.node} text={owner} />}
        {lastAppliedAt !== null && (
          <Fact
            name={LATER_WORDS.lastEvent}
            text={timeIn(lastAppliedAt, zone.value, FULL)}
            metric="lastAppliedAt"
            at={lastAppliedAt}
          />
        )}
        {lastRebuild !== null && (
          <Fact
            name={`${LATER_WORDS.lastRebuild}: ${lastRebuild.outcome.toLowerCase()}`}
            text={`${timeIn(lastRebuild.at, zone.value, FULL)}. ${lastRebuild.detail}`}
            metric="lastRebuild"
            at={lastRebuild.at}
          />
        )}
      </dl>
    </>
  );
}

/** How far a rebuild has come, how fast it goes, and how long it will take. */
function Progress({
  status: { name, rebuildProgress, rebuildEventsPerSecond, rebuildTimeLeft },
}: {
  readonly status: ProjectionStatus;
}): JSX.Element | null {
  if (rebuildProgress === null) return null;
  return (
    <>
      <progress value={rebuildProgress} aria-label={`${ORDER_NAMES.rebuild}: ${name}`} />
      <dl class="facts grid">
        <Fact
          name={LATER_WORDS.progress}
          metric="rebuildProgress"
          value={rebuildProgress}
          unit="rate"
        />
        <Fact
          name={LATER_WORDS.eventsASecond}
          metric="rebuildEventsPerSecond"
          value={rebuildEventsPerSecond}
          unit="count"
        />
        <Fact
          name={LATER_WORDS.timeLeft}
          metric="rebuildTimeLeft"
          value={rebuildTimeLeft}
          unit="seconds"
        />
      </dl>
    </>
  );
}

type FactProps =
  | {
      readonly name: string;
      readonly metric: keyof ProjectionStatus;
      readonly value: number | null;
      readonly unit: Unit;
    }
  | {
      readonly name: string;
      readonly text: string;
      /** Of a time: what scripts know it by, and when that was. */
      readonly metric?: string;
      readonly at?: string;
    };

function Fact(props: FactProps): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      {'text' in props ? (
        <dd data-metric={props.metric} data-value={props.at}>
          {props.text}
        </dd>
      ) : (
        <dd
          data-metric={props.metric}
          data-value={props.value ?? ''}
          title={props.value === null ? undefined : exact(props.value, props.unit)}
        >
          {short(props.value, props.unit)}
        </dd>
      )}
    </div>
  );
}
