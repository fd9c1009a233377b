import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoreClock, TimeBounds } from '../../../ports/clock.js';
import type { EventStoreDbConnection, LeaderCall } from './connection.js';
import { unavailable } from './failure.js';
import { RunningTimer } from './running-timer.js';

/**
 * The clock of the leader, which also stamps the events: the date in the head of its answer to a
 * read. docs/decisions/0013-clocks.md says why.
 */
export class ServerClock implements StoreClock {
  readonly store = 'EventStoreDB';

  /** Gives up a read when nothing came for so many milliseconds. */
  constructor(
    private readonly connection: EventStoreDbConnection,
    private readonly silenceMsMax: number,
  ) {}

  async read(): Promise<TimeBounds> {
    try {
      const date = await this.connection.callLeader('read', (...call) =>
        dateOfAnswer(call, this.silenceMsMax),
      );
      const earliest = Date.parse(date ?? '');
      if (Number.isNaN(earliest)) throw new Error('no date comes with its answers');
      return { earliest, latest: earliest + DATE_AGE_MS_MAX };
    } catch (error) {
      throw unavailable(error, this.connection.address).cause;
    }
  }
}

/** A server updates the date in its answers once a second, and cuts it to the second. */
const DATE_AGE_MS_MAX = 2_000;

/** Returns the date of an answer of the leader; undefined if it has none. */
function dateOfAnswer(
  [client, args]: LeaderCall,
  silenceMsMax: number,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const call = client.read(lastEvent(), ...args);
    const timer = new RunningTimer(silenceMsMax, () => {
      reject(new Error(`nothing came for ${String(silenceMsMax)} ms`));
      call.cancel();
    });
    let date: string | undefined;
    call.on('metadata', (head) => {
      date = head.get('date')[0]?.toString();
    });
    // An error may come late, or twice; an error without a listener ends the process.
    call.on('error', (error) => {
      timer.clear();
      reject(error);
    });
    call.on('end', () => {
      timer.clear();
      resolve(date);
    });
    call.resume();
  });
}

/** Makes the smallest read that only a leader answers and that a node must be allowed anyway. */
function lastEvent(): ReadReq {
  const all = new streams.ReadReq.Options.AllOptions().setEnd(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setAll(all).setCount('1').setNoFilter(new shared.Empty());
  options.setReadDirection(streams.ReadReq.Options.ReadDirection.BACKWARDS);
  options.setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()));
  return new streams.ReadReq().setOptions(options);
}
