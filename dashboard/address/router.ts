import { computed, signal } from '@preact/signals';
import { readAddress, USUAL, writeAddress, type Address, type Page } from './address.js';
import type { Range } from './ranges.js';
import { browserZone } from './zone.js';

const readHere = () =>
  readAddress(location.pathname, location.search) ?? {
    address: { ...USUAL, page: 'overview' as const },
    ignored: [location.pathname],
  };

const here = signal(readHere());

/** What the browser's address says. */
export const address = computed<Address>(() => here.value.address);
/** Parts of it that say nothing, until it is written anew. */
export const ignored = computed(() => here.value.ignored);
/** Says whether the page is that of one session, which no range, period or filter changes. */
export const isOneSession = computed(
  () => address.value.page === 'sessions' && address.value.id !== undefined,
);
/** A title's page is of that title, whatever filters say of titles. */
const holdingOn = ({ page, filters }: Address): Address['filters'] =>
  page === 'media' ? filters.filter(({ dimension }) => dimension !== 'MEDIA') : filters;
/** The filters that hold: none for a session, which is what it is. */
export const holding = computed(() => (isOneSession.value ? [] : holdingOn(address.value)));
export const zone = computed(() => address.value.zone ?? browserZone());

/** Goes to an address that differs in some parts from the one before; to the same one, nowhere. */
export function go(change: Partial<Address>): void {
  const link = linkTo(change);
  if (link === writeAddress(address.value) && ignored.value.length === 0) return;
  history.pushState(undefined, '', link);
  here.value = readHere();
}

/** Shows another range: from Live that of the overview, from one session that of the list. */
export const goRange = (range: Range): void => {
  const { page } = address.value;
  const list = isOneSession.value ? { id: undefined } : {};
  go({ page: page === 'live' ? 'overview' : page, range, interval: undefined, ...list });
};

/** Pages whose second table has the same tabs: there the one that was chosen stays. */
const OF_ONE_TABLE: Readonly<Record<Page, string>> = {
  ...{ overview: 'side', media: 'side', quality: 'worst' },
  ...{ live: '', delivery: '', sessions: '', system: '' },
};

/**
 * The same as a link. Whoever opens a title's page leaves the filters of titles behind: they hold
 * for nothing there, and elsewhere nobody would know of them any more. Those of a list of sessions
 * stay on the way through one of these.
 */
export const linkTo = (change: Partial<Address>): string => {
  const from = address.value;
  const isSameTable = OF_ONE_TABLE[from.page] === OF_ONE_TABLE[change.page ?? from.page];
  const by = isSameTable ? from.by : USUAL.by;
  const to = { ...from, filters: holdingOn(from), by, ...change };
  return writeAddress({ ...to, filters: holdingOn(to) });
};

/** Turns links of this page into steps within it, and follows the browser's arrows. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    here.value = readHere();
  });
  document.addEventListener('click', (event) => {
    const { target, button, metaKey, ctrlKey, shiftKey, altKey, defaultPrevented } = event;
    const link = target instanceof Element ? target.closest('a') : null;
    const isOurs = link?.origin === location.origin && link.target === '' && !link.download;
    if (!isOurs || defaultPrevented || button !== 0) return;
    if (metaKey || ctrlKey || shiftKey || altKey) return;
    if (readAddress(link.pathname, link.search) === undefined || link.hash !== '') return;
    event.preventDefault();
    if (link.href !== location.href) history.pushState(undefined, '', link.href);
    here.value = readHere();
    scrollTo(0, 0);
  });
}
