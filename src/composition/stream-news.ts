import type { AppendRefusal } from '../ports/event-store.js';
import { Seldom } from '../telemetry/seldom.js';
import type { OperatorLog } from '../ports/operator-log.js';

/** Logs what is wrong with our streams: for each kind of fault, one stream in a while. */
export class StreamNews {
  private readonly seldom = new Seldom();
  private readonly untold = new Map<AppendRefusal, number>();

  constructor(private readonly operatorLog: Pick<OperatorLog, 'warn'>) {}

  tell(stream: string, reason: AppendRefusal): void {
    const untold = this.untold.get(reason) ?? 0;
    if (!this.seldom.may(reason)) {
      this.untold.set(reason, untold + 1);
      return;
    }
    this.untold.delete(reason);
    const more = untold === 0 ? '' : ` (${String(untold)} more refusals like it were not told)`;
    this.operatorLog.warn(`the stream ${stream} ${REASONS[reason]}${more}`);
  }
}

const REASONS: Readonly<Record<AppendRefusal, string>> = {
  'too-large':
    'would get more events at a time than the event store takes: raise MaxAppendSize, or let ' +
    'clients send less of one session in a request',
  deleted: 'was deleted for good in the event store: what players send for it is refused',
  'cut-off':
    'has lost its beginning in the event store ($maxAge, $maxCount, $tb or a delete): its events ' +
    'would count again, so what players send for it is refused',
};
