import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { faultText } from '../api/ask.js';
import { give, type Order, type Outcome } from '../api/orders.js';
import type { DocumentDifference, ProjectionStatus } from '../api/schema.js';
import type { Question } from '../api/document.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { ORDER_NAMES, ORDER_WARNINGS } from '../texts-system.js';
import { Dialog } from './dialog.jsx';
import { Said } from './said.jsx';
import { Standing } from './standing.jsx';

interface Orders {
  /** What the last order did, or why it was refused. */
  readonly said: ComponentChildren;
  /** The one that is being carried out. */
  readonly running: Order | undefined;
  readonly give: (order: Order) => void;
}

/** Gives orders, and tells what became of them. */
function useOrders(name: string, onDone: () => void): Orders {
  const [said, say] = useState<ComponentChildren>(undefined);
  const [running, setRunning] = useState<Order | undefined>(undefined);
  const giveOrder = (order: Order): void => {
    say(`${ORDER_NAMES[order]} …`);
    setRunning(order);
    give(order, name)
      .then(
        (outcome) => {
          say(<Told order={order} outcome={outcome} />);
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
  question,
  onDone,
}: {
  readonly status: ProjectionStatus;
  /** The question that the status answers. */
  readonly question: Question;
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
      <Standing status={status} question={question} />
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

/** Says what an order did, and shows what it found. */
function Told({
  order,
  outcome,
}: {
  readonly order: Order;
  readonly outcome: Outcome;
}): JSX.Element {
  const isReport = 'documents' in outcome;
  const text = isReport
    ? LATER_SAYS.verified(outcome)
    : LATER_SAYS.isNow(outcome.name, outcome.state.toLowerCase());
  return (
    <>
      {ORDER_NAMES[order]}: {text}
      {isReport && outcome.first !== null && <Difference first={outcome.first} />}
    </>
  );
}

/** A document that is not as the log says: what it should be, and what it is. */
function Difference({ first }: { readonly first: DocumentDifference }): JSX.Element {
  const { document, expected, found } = first;
  const shown = [
    [LATER_WORDS.expected, expected],
    [LATER_WORDS.foundInstead, found],
  ] as const;
  return (
    <dl class="facts" data-value={document}>
      <dt>{LATER_WORDS.firstDifference}</dt>
      <dd>
        <code>{document}</code>
      </dd>
      {shown.map(([name, json]) => (
        <>
          <dt>{name}</dt>
          <dd>
            {json === null ? (
              LATER_WORDS.noDocument
            ) : (
              <pre class="code" tabIndex={0} aria-label={name}>
                {json}
              </pre>
            )}
          </dd>
        </>
      ))}
    </dl>
  );
}
