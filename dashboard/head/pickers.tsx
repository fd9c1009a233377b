import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { span } from '../address/asked.js';
import { RANGE_WORDS, shifted, writeRange } from '../address/ranges.js';
import { address, go, goRange, isOneSession, zone } from '../address/router.js';
import { browserZone } from '../address/zone.js';
import type { Comparison } from '../api/schema.js';
import { COMPARE_WORDS } from '../address/words.js';
import { COMPARISON_NAMES, NO_COMPARISON, RANGE_MEANINGS, RANGE_NAMES, WORDS } from '../texts.js';
import { Pick } from './controls.jsx';
import { isCalendarShown } from './shown.js';

/** Moves the range by its own length. */
const shiftRange = (by: -1 | 1): void => {
  const { range } = address.value;
  go({ range: shifted(range, by, zone.value, Date.now()) });
};

/** Chooses the range, what it is compared with, and the zone of its calendar. */
export function Pickers(): JSX.Element {
  const { page, range, compare } = address.value;
  // Live is of now alone; another range is the overview's.
  const isLive = page === 'live';
  // One session is of its own time: another range is that of the list.
  const isOne = isOneSession.value;
  const word = isLive ? 'live' : 'word' in range ? range.word : undefined;
  return (
    <>
      <div class="range" role="group" aria-label={WORDS.range}>
        <button
          type="button"
          aria-label={WORDS.earlier}
          title={WORDS.earlier}
          disabled={isLive || isOne}
          onClick={() => {
            shiftRange(-1);
          }}
        >
          ‹
        </button>
        {RANGE_WORDS.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === word && !isOne}
            title={RANGE_MEANINGS[name]}
            onClick={() => {
              goRange({ word: name });
            }}
          >
            {RANGE_NAMES[name]}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={word === undefined && !isOne}
          onClick={() => {
            isCalendarShown.value = true;
          }}
        >
          {word === undefined ? writeRange(range).replace('..', ' – ') : WORDS.calendar}
        </button>
        <button
          type="button"
          aria-label={WORDS.later}
          title={WORDS.later}
          disabled={isLive || isOne || span.value.toMs > Date.now()}
          onClick={() => {
            shiftRange(1);
          }}
        >
          ›
        </button>
      </div>
      {!isLive && !isOne && <ComparePicker compare={compare} />}
      <ZonePicker />
    </>
  );
}

function ComparePicker({ compare }: { readonly compare: Comparison | undefined }): JSX.Element {
  return (
    <Pick
      label={WORDS.compare}
      names={['', ...COMPARE_WORDS.names]}
      chosen={compare ?? ''}
      nameOf={(name) => (name === '' ? NO_COMPARISON : COMPARISON_NAMES[name])}
      onPick={(name) => {
        go({ compare: name === '' ? undefined : name });
      }}
    />
  );
}

/** The zones are many: they are listed once somebody wants to choose. */
function ZonePicker(): JSX.Element {
  const [zones, setZones] = useState<readonly string[]>([]);
  const usual = [...new Set([zone.value, browserZone(), 'UTC'])];
  const list = (): void => {
    if (zones.length === 0) setZones(Intl.supportedValuesOf('timeZone'));
  };
  return (
    <label class="pick zone">
      <span>{WORDS.zone}</span>
      <select
        value={zone.value}
        onFocus={list}
        onPointerDown={list}
        onChange={({ currentTarget: { value } }) => {
          go({ zone: value === browserZone() ? undefined : value });
        }}
      >
        {[...usual, ...zones.filter((name) => !usual.includes(name))].map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
