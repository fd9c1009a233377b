import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { address, linkTo, zone } from '../address/router.js';
import { useAnswer } from '../api/answers.js';
import { answeredAt } from '../api/course.js';
import type { AskError } from '../api/ask.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import type { Question } from '../api/document.js';
import type { LiveCount, LiveMedia, LiveSnapshot } from '../api/schema.js';
import { beginAsking } from '../api/readiness.js';
import { follow, tellFreshness } from '../api/stream.js';
import { CLOCK, timeIn, type Unit } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { SAYS, WORDS } from '../texts.js';
import { DOUBTS, LIVE_FORMULAS } from '../formulas.js';
import { LATER_SAYS, LATER_WORDS, LIVE_NAMES } from '../texts-later.js';
import { Card } from '../panels/cards.jsx';
import { LiveCounts, type LiveAnswer } from '../panels/live-counts.jsx';
import { Minutes } from '../panels/minutes.jsx';
import { Notes } from '../panels/notes.jsx';
import { Panel } from '../panels/panel.jsx';

const COUNTS = '{ value label viewers }';
const LIVE = `live(filter: $filter, timeZone: $timeZone) {
  at viewers stalling mbps startsLastMinute failuresLastMinute perMinute peakToday peakTodayAt
  sampled freshness { position asOf lagSeconds lagEvents parkedEvents stopped }
  media(first: 10) { viewers media { mediaId title } }
  countries: by(dimension: COUNTRY, first: 10) ${COUNTS}
  devices: by(dimension: DEVICE, first: 10) ${COUNTS} }`;
const SUBSCRIPTION = `subscription ($filter: [FilterInput!], $timeZone: TimeZone!) { ${LIVE} }`;

interface Live extends LiveSnapshot {
  readonly media: readonly LiveMedia[];
  readonly countries: readonly LiveCount[];
  readonly devices: readonly LiveCount[];
}

/** What the stream last said, and for which filters and zone. */
interface Told {
  readonly name: string;
  readonly live?: Live;
  readonly error?: AskError;
}

/** Follows who watches. Old numbers stay until the stream of other filters tells, or fails. */
function useLive(): LiveAnswer & { readonly data: { readonly live: Live } | undefined } {
  const [told, tell] = useState<Told | undefined>(undefined);
  const [tries, setTries] = useState(0);
  const variables = { filter: address.value.filters, timeZone: zone.value };
  const name = JSON.stringify([variables, tries]);
  useLayoutEffect(() => {
    const end = beginAsking();
    const stop = follow<{ live: Live }>(
      { query: SUBSCRIPTION, variables },
      {
        onNext: ({ live }) => {
          tell({ name, live });
          tellFreshness(live.freshness);
          answeredAt.value = Date.now();
          end();
        },
        onFault: (error) => {
          // Where the server is out of reach, its last numbers stay, as those of another time.
          tell((before) =>
            before?.name === name || error.code === 'OFFLINE'
              ? { ...before, name, error }
              : { name, error },
          );
          end();
        },
      },
    );
    return () => {
      stop();
      end();
    };
  }, [name]);
  return {
    isAsking: told?.name !== name,
    data: told?.live && { live: told.live },
    errors: told?.error === undefined || told.name !== name ? {} : { live: told.error },
    retry: () => {
      setTries((count) => count + 1);
    },
  };
}

const FIGURES = [
  ['viewers', 'count'],
  ['stalling', 'count'],
  ['mbps', 'mbps'],
  ['startsLastMinute', 'count'],
  ['failuresLastMinute', 'count'],
  ['peakToday', 'count'],
] as const satisfies readonly (readonly [keyof Live, Unit])[];

export function Live(): JSX.Element {
  useAnswer<HeadAnswer>({ parts: HEAD, variables: {} }, undefined);
  const answer = useLive();
  const live = answer.data?.live;
  const question = {
    parts: { live: LIVE },
    variables: { filter: address.value.filters, timeZone: zone.value },
  };
  return (
    <Panel name="live" answer={answer} parts={['live']}>
      {live !== undefined && (
        <>
          <Numbers live={live} question={question} />
          <Minutes live={live} />
          {live.sampled < 1 && (
            <Notes
              notes={[
                { text: SAYS.ofMinutes(live.sampled), metric: 'sampled', value: live.sampled },
              ]}
            />
          )}
          <div class="columns three">
            <Titles media={live.media} answer={answer} question={question} />
            <LiveCounts
              by="COUNTRY"
              title={LATER_WORDS.countriesNow}
              counts={live.countries}
              answer={answer}
              question={question}
            />
            <LiveCounts
              by="DEVICE"
              title={LATER_WORDS.devicesNow}
              counts={live.devices}
              answer={answer}
              question={question}
            />
          </div>
        </>
      )}
    </Panel>
  );
}

function certaintyOf(metric: (typeof FIGURES)[number][0], sampled: number): string {
  if (metric === 'mbps') return DOUBTS.asBytes;
  return metric === 'peakToday' ? SAYS.ofMinutes(sampled) : WORDS.exact;
}

/** Leads to the sessions of the last minutes, of failures to those that failed. */
function linkOf(metric: (typeof FIGURES)[number][0]): NonNullable<Reason['link']> {
  const failed = metric === 'failuresLastMinute';
  const range = { word: 'live' } as const;
  return {
    href: linkTo({ page: 'sessions', id: undefined, range, failed, stalled: false }),
    text: failed ? WORDS.itsFailures : LATER_WORDS.sessions,
  };
}

function Numbers({
  live,
  question,
}: {
  readonly live: Live;
  readonly question: Question;
}): JSX.Element {
  const { sampled, peakTodayAt } = live;
  return (
    <ul class="cards" aria-live="off">
      {FIGURES.map(([metric, unit]) => (
        <Card
          key={metric}
          reason={{
            ...{ metric, label: LIVE_NAMES[metric], value: live[metric], unit, question },
            formula: LIVE_FORMULAS[metric],
            section: `#live.${metric}`,
            certainty: certaintyOf(metric, sampled),
            link: linkOf(metric),
          }}
        >
          {metric === 'peakToday' && peakTodayAt !== null && (
            <span class="change" data-metric="peakTodayAt" data-value={peakTodayAt}>
              {LATER_SAYS.at(timeIn(peakTodayAt, zone.value, CLOCK))}
            </span>
          )}
        </Card>
      ))}
    </ul>
  );
}

function Titles({
  media,
  answer,
  question,
}: {
  readonly media: readonly LiveMedia[];
  readonly answer: LiveAnswer;
  readonly question: Question;
}): JSX.Element {
  const rows = media.map(({ viewers, media: { mediaId, title } }) => ({
    value: mediaId,
    label: title,
    viewers,
  }));
  return (
    <LiveCounts
      by="MEDIA"
      title={LATER_WORDS.titlesNow}
      counts={rows}
      answer={answer}
      question={question}
    />
  );
}
