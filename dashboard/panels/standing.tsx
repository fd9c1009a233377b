import type { JSX } from 'preact';
import { zone } from '../address/router.js';
import type { Question } from '../api/document.js';
import type { ProjectionStatus } from '../api/schema.js';
import { FULL, timeIn, type Unit } from '../figures/format.js';
import { PROJECTION_FORMULAS, REBUILD_FORMULAS } from '../formulas.js';
import { NOT_KNOWN, WORDS } from '../texts.js';
import { LATER_WORDS } from '../texts-later.js';
import { ORDER_NAMES, STATUS_NAMES } from '../texts-system.js';
import { Why } from './why.jsx';

interface StandingProps {
  readonly status: ProjectionStatus;
  readonly question: Question;
}

/** How a read model is. */
export function Standing({ status, question }: StandingProps): JSX.Element {
  const { version, generation, owner, lastAppliedAt, lastRebuild } = status;
  return (
    <>
      <Progress status={status} question={question} />
      <dl class="facts grid">
        <Figure metric="lagSeconds" unit="seconds" {...{ status, question }} />
        <Figure metric="lagEvents" unit="count" {...{ status, question }} />
        <Figure metric="parkedEvents" unit="count" {...{ status, question }} />
        <Fact name={LATER_WORDS.version} text={String(version)} metric="version" value={version} />
        {generation !== null && (
          <Fact
            name={LATER_WORDS.generation}
            text={String(generation)}
            metric="generation"
            value={generation}
          />
        )}
        {owner !== null && <Fact name={LATER_WORDS.node} text={owner} />}
        {lastAppliedAt !== null && (
          <Fact
            name={LATER_WORDS.lastEvent}
            text={timeIn(lastAppliedAt, zone.value, FULL)}
            metric="lastAppliedAt"
            value={lastAppliedAt}
          />
        )}
        {lastRebuild !== null && (
          <Fact
            name={`${LATER_WORDS.lastRebuild}: ${lastRebuild.outcome.toLowerCase()}`}
            text={`${timeIn(lastRebuild.at, zone.value, FULL)}. ${lastRebuild.detail}`}
            metric="lastRebuild"
            value={lastRebuild.at}
          />
        )}
      </dl>
    </>
  );
}

/** How far a rebuild has come, how fast it goes, and how long it will take. */
function Progress({ status, question }: StandingProps): JSX.Element | null {
  const { name, rebuildProgress } = status;
  if (rebuildProgress === null) return null;
  return (
    <>
      <progress value={rebuildProgress} aria-label={`${ORDER_NAMES.rebuild}: ${name}`} />
      <dl class="facts grid">
        <Figure metric="rebuildProgress" unit="rate" {...{ status, question }} />
        <Figure metric="rebuildEventsPerSecond" unit="count" {...{ status, question }} />
        <Figure metric="rebuildTimeLeft" unit="seconds" {...{ status, question }} />
      </dl>
    </>
  );
}

const FORMULAS = { ...PROJECTION_FORMULAS, ...REBUILD_FORMULAS };

/** A number of a read model, which can be asked why. */
function Figure({
  status,
  metric,
  unit,
  question,
}: StandingProps & {
  readonly metric: keyof typeof FORMULAS;
  readonly unit: Unit;
}): JSX.Element {
  const label = STATUS_NAMES[metric];
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Why
          reason={{
            ...{ metric, value: status[metric], missing: NOT_KNOWN, unit, question },
            label: `${label}: ${status.name}`,
            formula: FORMULAS[metric],
            section: '#projections',
            certainty: WORDS.exact,
          }}
        />
      </dd>
    </div>
  );
}

function Fact({
  name,
  text,
  metric,
  value,
}: {
  readonly name: string;
  readonly text: string;
  /** What scripts know it by, and its exact value. */
  readonly metric?: string;
  readonly value?: string | number;
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-metric={metric} data-value={value}>
        {text}
      </dd>
    </div>
  );
}
