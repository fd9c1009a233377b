import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES } from '../api/course.js';
import { STATUS_FIELDS } from '../api/orders.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import type { IngestCounts, ProjectionStatus } from '../api/schema.js';
import { follow, followAdvanced, hear } from '../api/stream.js';
import type { Unit } from '../figures/format.js';
import { onlyPart } from '../figures/reasons.js';
import { INGEST_FORMULAS } from '../formulas.js';
import { moveByArrows } from '../panels/arrows.js';
import { Panel } from '../panels/panel.jsx';
import { Parked } from '../panels/parked.jsx';
import { ReadModel } from '../panels/read-model.jsx';
import { HeadRow } from '../panels/table.jsx';
import { Why } from '../panels/why.jsx';
import { PAGE_NAMES, WORDS } from '../texts.js';
import { LATER_WORDS } from '../texts-later.js';
import { SYSTEM_TERMS } from '../texts-system.js';

interface SystemAnswer {
  readonly projections: readonly ProjectionStatus[];
  readonly ingest: IngestCounts;
}

const PARTS = {
  projections: `projections { ${STATUS_FIELDS} }`,
  ingest: 'ingest { accepted duplicates refused { reason count } perSecond }',
};
export function System(): JSX.Element {
  const head = useAnswer<HeadAnswer>({ parts: HEAD, variables: {} }, undefined);
  const role = head.data?.server?.role;
  if (role === 'admin') return <Orders />;
  return (
    <Panel
      name="system"
      title={PAGE_NAMES.system}
      answer={head}
      parts={['server']}
      isEmpty={role !== undefined}
    >
      <p>{LATER_WORDS.forAdmins}</p>
    </Panel>
  );
}

function Orders(): JSX.Element {
  const answer = useAnswer<SystemAnswer>({ parts: PARTS, variables: {} }, FIGURES);
  const statuses = answer.data?.projections ?? [];
  const watched = useProgress(statuses, answer.retry);
  // What was parked stays to be seen, with what became of it.
  const [withParked] = useState(new Set<string>());
  for (const { name, parkedEvents } of statuses) if (parkedEvents > 0) withParked.add(name);
  return (
    <>
      <Panel name="system" title={LATER_WORDS.readModels} answer={answer} parts={['projections']}>
        <div class="models">
          {statuses.map((status) => (
            <ReadModel
              key={status.name}
              status={watched?.name === status.name ? watched : status}
              question={onlyPart(answer.question, 'projections')}
              onDone={answer.retry}
            />
          ))}
        </div>
      </Panel>
      {statuses.map(
        ({ name, parkedEvents }) =>
          withParked.has(name) && (
            <Parked key={name} name={name} count={parkedEvents} onDone={answer.retry} />
          ),
      )}
      <Ingest answer={answer} />
      <Terms />
    </>
  );
}

/** What the words of this page mean. */
const Terms = (): JSX.Element => (
  <details class="panel">
    <summary>{LATER_WORDS.whatWordsMean}</summary>
    <dl class="facts">
      {SYSTEM_TERMS.map(([term, meaning]) => (
        <>
          <dt>{term}</dt>
          <dd>{meaning}</dd>
        </>
      ))}
    </dl>
  </details>
);

/**
 * Follows the rebuild that runs, else how far the server has counted; of several rebuilds the first
 * one. There is one stream a tab.
 */
function useProgress(
  statuses: readonly ProjectionStatus[],
  onEnd: () => void,
): ProjectionStatus | undefined {
  const [status, setStatus] = useState<ProjectionStatus | undefined>(undefined);
  const running = status?.state === 'REBUILDING' ? status : undefined;
  const name = (running ?? statuses.find(({ state }) => state === 'REBUILDING'))?.name;
  useEffect(() => {
    if (name === undefined) return followAdvanced();
    const query = `subscription ($name: String!) { projection(name: $name) { ${STATUS_FIELDS} } }`;
    return follow<{ projection: ProjectionStatus }>(
      { query, variables: { name } },
      {
        onNext: ({ projection }, isFirst) => {
          setStatus(projection);
          // The others may have moved on as well: nobody else tells so now.
          hear(projection.position, isFirst);
          if (projection.state !== 'REBUILDING') onEnd();
        },
      },
    );
  }, [name]);
  // An answer that is newer than the stream's last word counts.
  useEffect(() => {
    if (status?.state !== 'REBUILDING') setStatus(undefined);
  }, [statuses]);
  return status;
}

function Ingest({ answer }: { readonly answer: Answer<SystemAnswer> }): JSX.Element {
  const ingest = answer.data?.ingest;
  const why = (metric: keyof typeof INGEST_FORMULAS, value: number, more: WhyMore): JSX.Element => (
    <Why
      isInTable={more.isInTable ?? false}
      reason={{
        ...{ metric, value, unit: more.unit, label: more.label },
        formula: INGEST_FORMULAS[metric],
        section: '#ingest',
        question: onlyPart(answer.question, 'ingest'),
        certainty: WORDS.exact,
      }}
    />
  );
  return (
    <Panel name="ingest" title={LATER_WORDS.events} answer={answer} parts={['ingest']}>
      {ingest !== undefined && (
        <>
          <p>
            <span class="value">
              {why('perSecond', ingest.perSecond, {
                label: LATER_WORDS.perSecond,
                unit: 'perHour',
              })}
            </span>{' '}
            {LATER_WORDS.acceptedASecond}
          </p>
          <table class="rows plain narrow" onKeyDown={moveByArrows}>
            <HeadRow columns={[LATER_WORDS.events, LATER_WORDS.count]} />
            <tbody>
              {rowsOf(ingest).map(({ metric, name, count }, i) => (
                <tr key={name} data-value={name}>
                  <th scope="row">{name}</th>
                  <td>{why(metric, count, { label: name, unit: 'count', isInTable: i > 0 })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Panel>
  );
}

interface WhyMore {
  readonly label: string;
  readonly unit: Unit;
  /** The first number of a table is reached by Tab, the others by the arrow keys. */
  readonly isInTable?: boolean;
}

const rowsOf = ({ accepted, duplicates, refused }: IngestCounts) => [
  { metric: 'accepted' as const, name: 'accepted', count: accepted },
  { metric: 'duplicates' as const, name: 'duplicates', count: duplicates },
  ...refused.map(({ reason, count }) => ({
    ...{ metric: 'refused' as const, name: `refused: ${reason}`, count },
  })),
];
