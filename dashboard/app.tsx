import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Page } from './address/address.js';
import { span } from './address/asked.js';
import { address, holding, zone } from './address/router.js';
import { answeredAt, isOffline } from './api/course.js';
import { refusal } from './api/key.js';
import { server } from './api/server.js';
import { followAdvanced, isLost } from './api/stream.js';
import { CLOCK_SECONDS, FULL, timeIn } from './figures/format.js';
import { filterText, Ignored } from './head/filters.jsx';
import { FreshnessNotes, Head } from './head/head.jsx';
import { isCalendarShown, isHelpShown } from './head/shown.js';
import { Later } from './pages/later.jsx';
import { Overview } from './pages/overview.jsx';
import { allShown } from './panels/all-shown.js';
import { askedWhy } from './panels/why.jsx';
import { PAGE_NAMES, SAYS, WORDS } from './texts.js';

const LATER = {
  live: 'Live',
  media: 'Title',
  quality: 'Quality',
  delivery: 'Delivery',
  sessions: 'Sessions',
  system: 'System',
} as const;

/** These follow a stream of their own instead: there is one a tab. */
const WITH_OWN_STREAM: readonly Page[] = ['live', 'system'];

export function App(): JSX.Element {
  const { page } = address.value;
  const isClosed = refusal.value !== undefined;
  const isNew = server.value?.firstEventAt === null && page !== 'system';
  useEffect(() => {
    document.title = `${PAGE_NAMES[page]} · ${WORDS.product}`;
  }, [page]);
  const isFollowing = !isClosed && (isNew || !WITH_OWN_STREAM.includes(page));
  useEffect(() => (isFollowing ? followAdvanced() : undefined), [isFollowing]);
  return (
    <>
      <a class="skip" href="#main">
        {WORDS.skip}
      </a>
      <Head found={<Later name="Found" />} />
      <main id="main" tabIndex={-1}>
        <h1 class="hidden">{PAGE_NAMES[page]}</h1>
        <Printed />
        <Ignored />
        <Offline />
        {!isClosed && <FreshnessNotes />}
        {isClosed ? <Later name="KeyField" /> : isNew ? <Later name="FirstMinute" /> : <Shown />}
      </main>
      {allShown.value && <Later name="AllRows" />}
      {askedWhy.value && <Later name="WhyDialog" />}
      {isCalendarShown.value && <Later name="Calendar" />}
      {isHelpShown.value && <Later name="Help" />}
    </>
  );
}

/** The page of the address; another title or session is another page. */
function Shown(): JSX.Element {
  const { page, id } = address.value;
  if (page === 'overview') return <Overview />;
  return <Later key={`${page} ${id ?? ''}`} name={LATER[page]} />;
}

/** What paper has in place of the controls: the page, its range, its zone and its filters. */
function Printed(): JSX.Element {
  const { page } = address.value;
  const [from, to] = [span.value.fromMs, span.value.toMs].map((at) => timeIn(at, zone.value, FULL));
  return (
    <p class="printed" aria-hidden="true">
      {SAYS.printed(
        PAGE_NAMES[page],
        [from ?? '', to ?? ''],
        zone.value,
        holding.value.map(filterText),
      )}
    </p>
  );
}

/** Says that the server is out of reach, and of when the numbers are. */
function Offline(): JSX.Element | null {
  if (!isOffline.value && !isLost.value) return null;
  return (
    <p class="notice warn" role="status" data-panel="offline">
      {WORDS.offline}{' '}
      {answeredAt.value === 0 ? WORDS.none : timeIn(answeredAt.value, zone.value, CLOCK_SECONDS)}.
    </p>
  );
}
