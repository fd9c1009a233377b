import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerWritableStream } from '@grpc/grpc-js';
import type { DoubleLog, LogRecord } from './double-log.js';
import type { Faults, ReadFault } from './faults.js';
import { caughtUp, checkpoint, confirmation, readEvent, streamNotFound } from './messages.js';
import { accessDenied, streamDeleted } from './statuses.js';

const { ReadDirection } = streams.ReadReq.Options;

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** Serves one read or subscription. */
export async function serveRead(call: ReadCall, log: DoubleLog, faults: Faults): Promise<void> {
  const options = call.request.getOptions();
  if (options === undefined) throw new Error('a read without options');
  if (options.hasSubscription()) {
    subscribe(call, options, log, faults);
    return;
  }
  const name = options.getStream()?.getStreamIdentifier()?.getStreamName_asU8();
  const stream = name === undefined ? undefined : Buffer.from(name).toString('utf8');
  if (stream !== undefined && log.isDeleted(stream)) {
    call.emit('error', streamDeleted(stream));
    return;
  }
  if (stream !== undefined && log.stream(stream).length === 0) {
    call.write(streamNotFound(stream));
    call.end();
    return;
  }
  if (stream === undefined && isWithinRecord(options, log)) {
    call.emit('error', { code: status.UNKNOWN, details: 'the position is not that of a record' });
    return;
  }
  const records = stream === undefined ? fromAll(options, log) : fromStream(options, log, stream);
  const fault = faults.nextOfReads(options.hasFilter());
  await send(call, records.slice(0, Number(options.getCount())), fault);
}

function fromStream(options: ReadReq.Options, log: DoubleLog, stream: string): LogRecord[] {
  const from = options.getStream();
  if (options.getReadDirection() === ReadDirection.BACKWARDS) {
    if (from?.hasEnd() !== true) throw new Error('the double reads backwards from the end');
    return [...log.stream(stream)].reverse();
  }
  const first = from?.hasRevision() === true ? Number(from.getRevision()) : 0;
  return log.stream(stream).filter(({ revision }) => revision >= first);
}

/** A server finds no record at a place where none begins, and says so. */
function isWithinRecord(options: ReadReq.Options, log: DoubleLog): boolean {
  const position = options.getAll()?.getPosition()?.getCommitPosition();
  return (
    position !== undefined &&
    log.records[log.indexOf(Number(position))]?.commit !== Number(position)
  );
}

/** Backwards from the end is all that is used of that direction. */
function fromAll(options: ReadReq.Options, log: DoubleLog): LogRecord[] {
  const count = Number(options.getCount());
  if (options.getReadDirection() === ReadDirection.BACKWARDS)
    return log.records.slice(-count).reverse();
  const position = options.getAll()?.getPosition()?.getCommitPosition();
  const first = position === undefined ? 0 : log.indexOf(Number(position));
  if (!options.hasFilter()) return log.records.slice(first, first + count);
  const isWanted = filterOf(options);
  const found: LogRecord[] = [];
  for (let at = first; at < log.records.length && found.length < count; at += 1) {
    const record = log.records[at];
    if (record !== undefined && isWanted(record)) found.push(record);
  }
  return found;
}

/** By the beginnings of streams' names, which is all that is used of filters. */
function filterOf(options: ReadReq.Options): (record: LogRecord) => boolean {
  const prefixes = options.getFilter()?.getStreamIdentifier()?.getPrefixList() ?? [''];
  return ({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix));
}

async function send(
  call: ReadCall,
  records: readonly LogRecord[],
  fault: ReadFault | undefined,
): Promise<void> {
  const cancelled = new Promise((resolve) => call.once('cancelled', resolve));
  for (const record of records.slice(0, fault?.after)) {
    if (call.cancelled) return;
    if (!call.write(readEvent(record))) {
      await Promise.race([once(call, 'drain'), cancelled]);
    }
  }
  if (fault?.kind === 'stuck') return;
  if (fault === undefined) call.end();
  else if (fault.kind === 'access-denied') call.emit('error', accessDenied());
  else call.emit('error', { code: status.UNAVAILABLE, details: 'the double was told to fail' });
}

/** Events that a server looks at between two words on how far it is, times what is asked for. */
const CHECKPOINT_EVENTS = 32;

/** From the log's start or its end, of streams whose names begin so. */
function subscribe(call: ReadCall, options: ReadReq.Options, log: DoubleLog, faults: Faults): void {
  const isWanted = filterOf(options);
  const unsubscribe = log.onAppended((added) => {
    if (call.cancelled) return;
    for (const record of added.filter(isWanted)) call.write(readEvent(record));
  });
  call.on('cancelled', unsubscribe);
  call.write(confirmation(randomUUID()));
  if (options.getAll()?.hasEnd() === true) return;
  const interval =
    CHECKPOINT_EVENTS * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
  for (const [i, record] of log.records.entries()) {
    if (isWanted(record)) call.write(readEvent(record));
    if ((i + 1) % interval === 0) call.write(checkpoint(record));
  }
  if (!faults.isSilentAtEnd) call.write(caughtUp());
}
