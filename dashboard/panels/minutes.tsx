import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import type { LiveSnapshot } from '../api/schema.js';
import { Bars } from '../charts/bars.jsx';
import { Frame } from '../charts/frame.jsx';
import { CLOCK, exact, short, timeIn } from '../figures/format.js';
import { WORDS } from '../texts.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';

const MINUTE_MS = 60_000;

/** Who watched in each of the last minutes, the one under way last. */
export function Minutes({
  live: { perMinute, at },
}: {
  readonly live: Pick<LiveSnapshot, 'perMinute' | 'at'>;
}): JSX.Element {
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const { length } = perMinute;
  const startOf = (index: number): number =>
    (Math.floor(Date.parse(at) / MINUTE_MS) - (length - 1 - index)) * MINUTE_MS;
  const timeOf = (index: number): string => timeIn(startOf(index), zone.value, CLOCK);
  const high = Math.max(...perMinute);
  return (
    <section class="minutes">
      <h2>{LATER_WORDS.byMinute}</h2>
      <Frame
        class="chart"
        label={LATER_WORDS.byMinute}
        summary={LATER_SAYS.minutes(
          length,
          short(high, 'count'),
          timeOf(perMinute.indexOf(high)),
          short(perMinute.at(-1), 'count'),
        )}
        columns={[LATER_WORDS.minute, LATER_WORDS.viewers]}
        count={length}
        cellsAt={(i) => [
          { text: timeOf(i), value: startOf(i) },
          { text: exact(perMinute[i], 'count'), metric: 'perMinute', value: perMinute[i] },
        ]}
        noteAt={(i) => (i === length - 1 ? WORDS.growing : '')}
        cursor={cursor}
        onCursor={setCursor}
        indexAt={(share) => Math.floor(share * length)}
      >
        <Bars values={perMinute} cursor={cursor} />
        <p class="scale" aria-hidden="true">
          <span>{timeOf(0)}</span>
          <span>{LATER_SAYS.most(short(high, 'count'))}</span>
          <span>{LATER_WORDS.now}</span>
        </p>
      </Frame>
    </section>
  );
}
