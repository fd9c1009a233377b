import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js';
import type { DoubleLog, ProposedRecord } from './double-log.js';
import type { AppendFault, Faults } from './faults.js';
import { refused, stored, toProposedRecord, wrongRevision, type Reply } from './messages.js';

export type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** A server's default for how long its followers may take to confirm an append. */
const COMMIT_MS_MAX = 2_000;

/** An append, put together from its messages. */
interface Arriving {
  readonly first: BatchAppendReq;
  readonly records: ProposedRecord[];
}

interface BatchAppendOptions {
  readonly log: DoubleLog;
  readonly faults: Faults;
  /** Why an append cannot be taken now: then the call ends so. */
  readonly refusal: () => StatusObject | undefined;
  readonly onMessage: () => void;
  /** Called after each append that was stored. */
  readonly onStored: (stream: string) => void;
}

/** Serves one call of appends. */
export function serveBatchAppend(call: BatchAppendCall, options: BatchAppendOptions): void {
  const arriving = new Map<string, Arriving>();
  call.on('data', (request: BatchAppendReq) => {
    options.onMessage();
    const id = request.getCorrelationId()?.getString() ?? '';
    const append = arriving.get(id) ?? { first: request, records: [] };
    arriving.set(id, append);
    append.records.push(...request.getProposedMessagesList().map(toProposedRecord));
    if (!request.getIsFinal()) return;
    arriving.delete(id);
    new Answering(call, options, append).answer();
  });
  call.on('end', () => {
    call.end();
  });
}

class Answering {
  constructor(
    private readonly call: BatchAppendCall,
    private readonly options: BatchAppendOptions,
    private readonly append: Arriving,
  ) {}

  answer(): void {
    const refusal = this.options.refusal();
    if (refusal !== undefined) {
      this.call.emit('error', refusal);
      return;
    }
    const fault = this.options.faults.appends.shift();
    if (fault === 'stuck') return;
    if (fault === 'call-stuck') this.call.removeAllListeners('data').resume();
    else if (fault === 'call-failed') this.failCall();
    else if (fault === 'call-ended') this.call.end();
    else if (fault === 'busy') this.reply(refused('Unknown'));
    else if (fault === 'access-denied') this.reply(refused('AccessDenied'));
    else if (this.needsFollowers()) {
      setTimeout(() => {
        this.reply(refused('Timeout'));
      }, COMMIT_MS_MAX);
    } else this.storeAndReply(fault);
  }

  /** Whether followers would have to confirm it that are lost: a conflict needs none. */
  private needsFollowers(): boolean {
    const { log, faults } = this.options;
    const target = this.append.first.getOptions();
    const current = log.stream(streamOf(target)).length - 1;
    return faults.lostFollowers !== undefined && expectedRevision(target) === current;
  }

  private storeAndReply(fault: AppendFault | undefined): void {
    const reply = this.store(fault);
    if (fault === 'reply-lost') this.failCall();
    else if (fault === 'late') {
      this.options.faults.hold(() => {
        this.reply(reply);
      });
    } else this.reply(reply);
    if (fault === 'answered-twice') this.reply(reply);
  }

  private store(fault: AppendFault | undefined): Reply {
    const { log, onStored } = this.options;
    const target = this.append.first.getOptions();
    const stream = streamOf(target);
    const expected = expectedRevision(target);
    const result = log.append(stream, expected, this.append.records);
    if (result.kind === 'too-large') return refused('MaximumAppendSizeExceeded');
    if (result.kind === 'deleted') return refused('StreamDeleted');
    if (result.kind === 'wrong-revision') return wrongRevision(result.current);
    if (!result.isRepetition) onStored(stream);
    else if (fault === 'repetition-refused') return wrongRevision(log.stream(stream).length - 1);
    return stored(result.last, fault !== 'no-position');
  }

  private reply(reply: Reply): void {
    const response = reply(new streams.BatchAppendResp());
    response.setCorrelationId(this.append.first.getCorrelationId());
    response.setStreamIdentifier(this.append.first.getOptions()?.getStreamIdentifier());
    const { replyDelayMs } = this.options.faults;
    const write = (): void => {
      if (!this.call.cancelled) this.call.write(response);
    };
    if (replyDelayMs > 0) setTimeout(write, replyDelayMs);
    else write();
  }

  private failCall(): void {
    this.call.emit('error', { code: status.UNAVAILABLE, details: 'the double was told to fail' });
  }
}

const streamOf = (target: BatchAppendReq.Options | undefined): string =>
  Buffer.from(target?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

function expectedRevision(target: BatchAppendReq.Options | undefined): number | 'any' {
  if (target?.hasNoStream() === true) return -1;
  return target?.hasStreamPosition() === true ? Number(target.getStreamPosition()) : 'any';
}
