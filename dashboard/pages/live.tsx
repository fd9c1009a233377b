import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address, linkTo, zone } from '../address/router.js';
import { beginAsking, useAnswer } from '../api/answers.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import type { LiveCount, LiveMedia, LiveSnapshot } from '../api/schema.js';
import { follow, moved } from '../api/stream.js';
import { Bars } from '../charts/bars.jsx';
import { CLOCK, exact, short, timeIn, type Unit } from '../figures/format.js';
import { percentOf } from '../figures/reasons.js';
import { LIVE_FORMULAS } from '../texts.js';
import { LiveCounts, type LiveAnswer } from '../panels/live-counts.jsx';
import { Notes } from '../panels/notes.jsx';
import { Panel } from '../panels/panel.jsx';
import { WhyMark } from '../panels/why.jsx';

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

/** Follows who watches; undefined before the first answer. */
function useLive(): Live | undefined {
  const [live, setLive] = useState<Live | undefined>(undefined);
  const variables = { filter: address.value.filters, timeZone: zone.value };
  useEffect(() => {
    const end = beginAsking();
    const stop = follow<{ live: Live }>({ query: SUBSCRIPTION, variables }, ({ live: next }) => {
      setLive(next);
      moved.value = next.freshness;
      end();
    });
    return () => {
      stop();
      end();
    };
  }, [JSON.stringify(variables)]);
  return live;
}

const FIGURES: readonly {
  readonly name: keyof typeof LIVE_FORMULAS;
  readonly label: string;
  readonly unit: Unit;
  readonly of: (live: Live) => number;
}[] = [
  { name: 'viewers', label: 'Viewers now', unit: 'count', of: ({ viewers }) => viewers },
  { name: 'stalling', label: 'Stalling now', unit: 'count', of: ({ stalling }) => stalling },
  { name: 'mbps', label: 'Going out', unit: 'mbps', of: ({ mbps }) => mbps },
  {
    name: 'startsLastMinute',
    label: 'Starts, last minute',
    unit: 'count',
    of: (live) => live.startsLastMinute,
  },
  {
    name: 'failuresLastMinute',
    label: 'Failures, last minute',
    unit: 'count',
    of: (live) => live.failuresLastMinute,
  },
  { name: 'peakToday', label: 'Peak of today', unit: 'count', of: ({ peakToday }) => peakToday },
];

export function Live(): JSX.Element {
  const head = useAnswer<HeadAnswer>({ parts: HEAD, variables: {} }, undefined);
  const live = useLive();
  const answer = {
    isAsking: live === undefined,
    data: live === undefined ? undefined : { live },
    errors: head.errors.server === undefined ? {} : { live: head.errors.server },
    retry: head.retry,
  };
  return (
    <Panel name="live" answer={answer} parts={['live']}>
      {live !== undefined && (
        <>
          <Numbers live={live} />
          <Minutes live={live} />
          {live.sampled < 1 && (
            <Notes notes={[`The minutes are from ${percentOf(live.sampled)} of viewers.`]} />
          )}
          <div class="columns three">
            <Titles media={live.media} answer={answer} />
            <LiveCounts
              by="COUNTRY"
              title="Countries now"
              counts={live.countries}
              answer={answer}
            />
            <LiveCounts by="DEVICE" title="Devices now" counts={live.devices} answer={answer} />
          </div>
        </>
      )}
    </Panel>
  );
}

function Numbers({ live }: { readonly live: Live }): JSX.Element {
  const question = {
    parts: { live: LIVE },
    variables: { filter: address.value.filters, timeZone: zone.value },
  };
  return (
    <ul class="cards" aria-live="off">
      {FIGURES.map(({ name, label, unit, of }) => (
        <li class="card" key={name}>
          <div class="face">
            <span class="label">{label}</span>
            <span
              class="value"
              data-metric={name}
              data-value={of(live)}
              title={exact(of(live), unit)}
            >
              {short(of(live), unit)}
            </span>
            {name === 'peakToday' && live.peakTodayAt !== null && (
              <span class="change">at {timeIn(live.peakTodayAt, zone.value, CLOCK)}</span>
            )}
          </div>
          <WhyMark
            reason={{
              label,
              value: of(live),
              unit,
              formula: LIVE_FORMULAS[name] ?? '',
              section: '#live',
              question,
              certainty: live.sampled < 1 ? 'Minutes are estimated.' : 'Exact.',
              link: { href: linkTo({ page: 'sessions', id: undefined }), text: 'Sessions' },
            }}
          />
        </li>
      ))}
    </ul>
  );
}

const MINUTE_MS = 60_000;

function Minutes({ live: { perMinute, at } }: { readonly live: Live }): JSX.Element {
  const timeOf = (index: number): string =>
    timeIn(Date.parse(at) - (perMinute.length - 1 - index) * MINUTE_MS, zone.value, CLOCK);
  const high = Math.max(...perMinute);
  const label =
    `Viewers in each of the last ${String(perMinute.length)} minutes: at most ` +
    `${short(high, 'count')}, at ${timeOf(perMinute.indexOf(high))}; ` +
    `${short(perMinute.at(-1), 'count')} in this one so far.`;
  return (
    <figure class="minutes">
      <figcaption>Viewers by minute</figcaption>
      <Bars
        values={perMinute}
        label={label}
        tell={(value, index) => `${timeOf(index)}: ${short(value, 'count')}`}
      />
      <p class="scale" aria-hidden="true">
        <span>{timeOf(0)}</span>
        <span>most: {short(high, 'count')}</span>
        <span>now</span>
      </p>
    </figure>
  );
}

function Titles({
  media,
  answer,
}: {
  readonly media: readonly LiveMedia[];
  readonly answer: LiveAnswer;
}): JSX.Element {
  const rows = media.map(({ viewers, media: { mediaId, title } }) => ({
    value: mediaId,
    label: title,
    viewers,
  }));
  return <LiveCounts by="MEDIA" title="Titles now" counts={rows} answer={answer} />;
}
