import { DOUBTS } from '../formulas.js';
import { SAYS, WORDS } from '../texts.js';
import type { Column } from './metrics.js';
import type { Reason } from './reason.js';

/** Says whether what is only counted is exact, or of a sample. */
export const certaintyOfCount = (sampled: number): string =>
  sampled < 1 ? SAYS.sampled(sampled) : WORDS.exact;

/** What follows from bytes, which some players estimate; nobody tells of which ones. */
const OF_BYTES: readonly Column[] = ['BYTES', 'COST', 'AVERAGE_MBPS'];
/** What the views that only a log shows add more or less to. */
const OF_LOGS: readonly Column[] = [
  ...(['WATCH_TIME', 'STALLS', 'AVERAGE_MBPS', 'CONCURRENT_VIEWERS_PEAK'] as const),
];

/** Says how exact a metric is, as far as the API lets one know. */
export function certaintyOf({ metric, figures, sampled }: NonNullable<Reason['behind']>): string {
  const { uniqueViewersExact, viewsWithoutStates, open } = figures;
  const isSample = sampled < 1;
  const doubts = [
    ...(isSample ? [SAYS.sampled(sampled)] : []),
    ...(!isSample && metric === 'UNIQUE_VIEWERS' && !uniqueViewersExact ? [DOUBTS.roughly] : []),
    ...(!isSample && metric.startsWith('STARTUP') ? [DOUBTS.roughTime] : []),
    ...(viewsWithoutStates > 0 && OF_LOGS.includes(metric)
      ? [DOUBTS.ofLogs(viewsWithoutStates)]
      : []),
    ...(OF_BYTES.includes(metric) ? [DOUBTS.asBytes] : []),
  ];
  return [
    ...(doubts.length > 0 ? doubts : [WORDS.exact]),
    ...(open > 0 ? [SAYS.open(open)] : []),
  ].join(' ');
}
