import { computed, signal } from '@preact/signals';
import { moved } from '../api/stream.js';
import { intervalFor } from './intervals.js';
import { spanOf } from './ranges.js';
import { address, zone } from './router.js';

/** Now, as far as is shown: it moves on with the server, as a tab at rest asks nothing. */
const now = signal(Date.now());

/** Lets the clock go on when the address changes, the server moves on, or the tab is seen again. */
export function followClock(): void {
  const set = (): void => {
    now.value = Date.now();
  };
  address.subscribe(set);
  moved.subscribe(set);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) set();
  });
}

const spanNow = computed(() => {
  const { fromMs, toMs } = spanOf(address.value.range, zone.value, now.value);
  return `${String(fromMs)} ${String(toMs)}`;
});

/** The times of the range that the address asks for. */
export const span = computed(() => {
  const [fromMs = 0, toMs = 0] = spanNow.value.split(' ').map(Number);
  return { fromMs, toMs };
});

export const interval = computed(() => {
  const { page, interval: asked } = address.value;
  return intervalFor(span.value, asked, page === 'quality' ? 'QUARTER_HOUR' : 'MINUTE');
});

/** The range of the address, as it is when a question is sent. */
const range = computed(() => {
  const [of, timeZone] = [address.value.range, zone.value];
  const valueAt = (nowMs: number): object => {
    const { fromMs, toMs } = spanOf(of, timeZone, nowMs);
    return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), timeZone };
  };
  return { of, timeZone, valueAt };
});

/** The values of the variables that follow from the address. */
export const variables = computed(() => {
  const { filters, compare } = address.value;
  return {
    range: range.value,
    filter: filters,
    compare: compare ?? null,
    interval: interval.value,
    timeZone: zone.value,
  };
});
