import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import type { LogRecord, ProposedRecord } from './double-log.js';

const TICKS_PER_MS = 10_000n;

export function readEvent(record: LogRecord): ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuid(record.id));
  recorded.setStreamIdentifier(streamIdentifier(record.stream));
  recorded.setStreamRevision(String(record.revision));
  recorded.setCommitPosition(String(record.commit));
  recorded.setPreparePosition(String(record.prepare));
  recorded
    .getMetadataMap()
    .set('type', record.type)
    .set('content-type', record.contentType)
    .set('created', String(BigInt(record.createdMs) * TICKS_PER_MS));
  recorded.setData(record.data);
  recorded.setCustomMetadata(record.metadata);
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(String(record.commit));
  return new streams.ReadResp().setEvent(event);
}

export function streamNotFound(stream: string): ReadResp {
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(streamIdentifier(stream));
  return new streams.ReadResp().setStreamNotFound(missing);
}

export function confirmation(subscriptionId: string): ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(subscriptionId);
  return new streams.ReadResp().setConfirmation(confirmed);
}

/** How far a filtered subscription has looked. */
export function checkpoint({ commit, prepare }: LogRecord): ReadResp {
  const reached = new streams.ReadResp.Checkpoint();
  reached.setCommitPosition(String(commit)).setPreparePosition(String(prepare));
  return new streams.ReadResp().setCheckpoint(reached);
}

export const caughtUp = (): ReadResp =>
  new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

export function toProposedRecord(message: BatchAppendReq.ProposedMessage): ProposedRecord {
  const metadata = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function stored({ revision, commit, prepare }: LogRecord, hasPosition: boolean): Reply {
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision(String(revision));
  if (hasPosition) {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(commit));
    position.setPreparePosition(String(prepare));
    success.setPosition(position);
  } else {
    success.setNoPosition(new shared.Empty());
  }
  return (response) => response.setSuccess(success);
}

export type Reply = (response: BatchAppendResp) => BatchAppendResp;

export function wrongRevision(current: number): Reply {
  const details = new shared.WrongExpectedVersion();
  if (current >= 0) details.setCurrentStreamRevision(String(current));
  else details.setCurrentNoStream(new shared.Empty());
  return refused('WrongExpectedVersion', details.serializeBinary());
}

/** A refusal by the name of its details. */
export function refused(name: string, details: Uint8Array = new Uint8Array()): Reply {
  const packed = new any.Any();
  packed.pack(details, `event_store.client.${name}`);
  const status = new statusMessages.Status();
  status.setMessage(name);
  status.setDetails(packed);
  return (response) => response.setError(status);
}

function streamIdentifier(name: string): InstanceType<typeof shared.StreamIdentifier> {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(new TextEncoder().encode(name));
  return identifier;
}

function uuid(id: string): InstanceType<typeof shared.UUID> {
  return new shared.UUID().setString(id);
}
