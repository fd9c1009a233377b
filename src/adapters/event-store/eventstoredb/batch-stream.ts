import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import {
  NO_STREAM,
  type AppendRefusal,
  type EventToAppend,
  type StreamAppend,
} from '../../../ports/event-store.js';
import type { BatchCall, EventStoreDbConnection } from './connection.js';
import { metadataOf, toPosition } from './stored-event.js';

/** One call for appends, and the appends that wait for its replies. An error ends it for good. */
export class BatchStream {
  private readonly waiting = new Map<string, OnReply>();
  private readonly opened: Promise<BatchCall>;
  private readonly leave: () => void;
  private isOver = false;
  /** The number of replies so far, which tells a stuck call from a slow one. */
  private replies = 0;

  constructor(
    connection: EventStoreDbConnection,
    private readonly onOver: () => void,
  ) {
    this.opened = new Promise((resolve) => {
      const onOpen = (call: BatchCall): void => {
        call.on('data', (response: BatchAppendResp) => {
          this.onResponse(response);
        });
        resolve(call);
      };
      connection.batchAppend(onOpen).then(
        () => {
          this.end(new Error('the server ended the call for appends'));
        },
        (error: unknown) => {
          this.end(error);
        },
      );
    });
    this.leave = connection.wayOut();
  }

  /**
   * Sends an append. The returned function stops waiting for the reply, which may still come. If no
   * reply at all came since, the call counts as stuck: the function gives up call and connection.
   */
  send(append: StreamAppend, onReply: OnReply): () => void {
    const correlationId = randomUUID();
    const repliesBefore = this.replies;
    this.waiting.set(correlationId, onReply);
    void this.opened.then((call) => {
      if (this.isOver) return;
      for (const request of requestsOf(correlationId, append)) call.write(request);
    });
    return () => {
      this.waiting.delete(correlationId);
      if (this.replies !== repliesBefore) return;
      this.end(new Error('the call for appends was stuck'));
      this.leave();
    };
  }

  /** Gives up: the outcome of waiting appends is unknown. */
  end(cause: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onOver();
    void this.opened.then((call) => {
      call.cancel();
    });
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const onReply of lost) onReply({ kind: 'unknown', cause });
  }

  private onResponse(response: BatchAppendResp): void {
    this.replies += 1;
    const id = response.getCorrelationId()?.getString() ?? '';
    const onReply = this.waiting.get(id);
    // Otherwise the reply comes a second time, or too late.
    if (onReply === undefined) return;
    this.waiting.delete(id);
    onReply(replyOf(response));
  }
}

/** The server's reply to an append, or the reason why it is not known. */
export type AppendReply =
  /** The place of the last event, as far as the server named it. */
  | {
      readonly kind: 'stored';
      readonly position: number | undefined;
      readonly revision: number | undefined;
    }
  | { readonly kind: 'wrong-revision' }
  | { readonly kind: 'refused'; readonly reason: AppendRefusal }
  | { readonly kind: 'unknown'; readonly cause: unknown };

export type OnReply = (reply: AppendReply) => void;

/** Bytes of event data in one message: more than most appends have, no burden for a server. */
const MESSAGE_BYTES_MAX = 2 ** 18;
const WRONG_REVISION = 'event_store.client.WrongExpectedVersion';
const REFUSALS: Readonly<Record<string, AppendRefusal>> = {
  'event_store.client.MaximumAppendSizeExceeded': 'too-large',
  'event_store.client.MaximumAppendEventSizeExceeded': 'too-large',
  'event_store.client.StreamDeleted': 'deleted',
};
const encoder = new TextEncoder();

function replyOf(response: BatchAppendResp): AppendReply {
  const success = response.getSuccess();
  if (success === undefined) {
    const status = response.getError();
    const type = status?.getDetails()?.getTypeName() ?? '';
    if (type === WRONG_REVISION) return { kind: 'wrong-revision' };
    const reason = REFUSALS[type];
    if (reason !== undefined) return { kind: 'refused', reason };
    const cause = new Error(`the append was answered with ${type} ${status?.getMessage() ?? ''}`);
    return { kind: 'unknown', cause };
  }
  const revision = success.hasCurrentRevision() ? Number(success.getCurrentRevision()) : undefined;
  const position = success.getPosition();
  if (position === undefined) return { kind: 'stored', position: undefined, revision };
  try {
    const commit = BigInt(position.getCommitPosition());
    const prepare = BigInt(position.getPreparePosition());
    return { kind: 'stored', position: toPosition({ commit, prepare }), revision };
  } catch (cause) {
    return { kind: 'unknown', cause };
  }
}

function* requestsOf(
  correlationId: string,
  { stream, expectedRevision, events }: StreamAppend,
): Generator<BatchAppendReq> {
  let request = newRequest(correlationId);
  request.setOptions(optionsOf(stream, expectedRevision));
  let bytes = 0;
  for (const event of events) {
    const data = encoder.encode(JSON.stringify(event.data));
    if (bytes > 0 && bytes + data.length > MESSAGE_BYTES_MAX) {
      yield request;
      request = newRequest(correlationId);
      bytes = 0;
    }
    bytes += data.length;
    request.addProposedMessages(messageOf(event, data));
  }
  request.setIsFinal(true);
  yield request;
}

function newRequest(correlationId: string): BatchAppendReq {
  const request = new streams.BatchAppendReq();
  request.setCorrelationId(uuidOf(correlationId));
  return request;
}

/** Makes options without a deadline: the server would compare it with its own clock. */
function optionsOf(stream: string, expectedRevision: number): BatchAppendReq.Options {
  const options = new streams.BatchAppendReq.Options();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(encoder.encode(stream));
  options.setStreamIdentifier(identifier);
  if (expectedRevision === NO_STREAM) options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expectedRevision));
  return options;
}

function messageOf(event: EventToAppend, data: Uint8Array): BatchAppendReq.ProposedMessage {
  const message = new streams.BatchAppendReq.ProposedMessage();
  message.setId(uuidOf(event.id));
  message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  message.setCustomMetadata(encoder.encode(JSON.stringify(metadataOf(event))));
  message.setData(data);
  return message;
}

function uuidOf(id: string): InstanceType<typeof shared.UUID> {
  const uuid = new shared.UUID();
  uuid.setString(id);
  return uuid;
}
