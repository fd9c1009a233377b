import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { address, linkTo, zone } from '../address/router.js';
import { useAnswer } from '../api/answers.js';
import type { AskError } from '../api/ask.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import type { LiveCount, LiveMedia, LiveSnapshot } from '../api/schema.js';
import { beginAsking } from '../api/readiness.js';
import { follow, tellFreshness } from '../api/stream.js';
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
  useAnswer<HeadAnswer>({ parts: HEAD, variables: {} }, undefined);
  const answer = useLive();
  const live = answer.data?.live;
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
