import type { AppendRefusal } from '../ports/event-store.js';
import type { ProjectorLog } from './projector-log.js';

/** Streams that are remembered as told; more of them are not told. */
const TOLD_MAX = 1_000;

const REASONS: Readonly<Record<AppendRefusal, string>> = {
  'too-large':
    'would get more events at a time than the event store takes: raise MaxAppendSize, or let ' +
    'clients send less of one session in a request',
  deleted: 'was deleted for good in the event store: what players send for it is refused',
  'cut-off':
    'has lost its beginning in the event store ($maxAge, $maxCount, $tb or a delete): its events ' +
    'would count again, so what players send for it is refused',
};

/** Says in the log what is wrong with a stream of ours, once for each. */
export class StreamNews {
  private readonly told = new Set<string>();

  constructor(private readonly log: ProjectorLog) {}

  tell(stream: string, reason: AppendRefusal): void {
    const key = `${reason} ${stream}`;
    if (this.told.has(key) || this.told.size >= TOLD_MAX) return;
    this.told.add(key);
    this.log.warn(`the stream ${stream} ${REASONS[reason]}`);
  }
}
