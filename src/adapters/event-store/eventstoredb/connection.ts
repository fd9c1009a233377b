import { EventStoreDBClient, UnavailableError, type BaseOptions } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { BadEventStoreUrl, readConnectionString } from './connection-string.js';

/** A client of one server or cluster of EventStoreDB. */
export class EventStoreDbConnection {
  /** The number of connections made so far, each in place of another. */
  private turn = 0;
  /** The time at which the connection was made, by `performance`; Infinity until it is. */
  private madeAt = Infinity;
  private channel: OpenChannel | undefined;

  private constructor(
    readonly client: EventStoreDBClient,
    /** Hosts and ports, for messages. */
    readonly address: string,
    /** The connection string as the client gets it; holds the password. */
    readonly full: string,
  ) {
    const core = coreOf(client);
    const create = core.createChannel;
    core.createChannel = async () => {
      this.turn += 1;
      this.madeAt = Infinity;
      const channel = await create();
      this.madeAt = performance.now();
      this.channel = channel;
      return channel;
    };
  }

  /** Makes a client, which connects at its first call. BadEventStoreUrl for an unusable string. */
  static to(url: string): EventStoreDbConnection {
    const { full, address } = readConnectionString(url);
    const client = createClient(full);
    const core = coreOf(client);
    const renew = core.handleError;
    core.handleError = async (service, error) => {
      // This rejects if another call's search for a node fails, which that call reports. The client
      // does not await it, and a rejection that nobody handles ends the process.
      await renew(service, error).catch(() => undefined);
    };
    return new EventStoreDbConnection(client, address, full);
  }

  /**
   * Returns a function that leaves the connection of a call, for when nothing came of it; ask for
   * it right after the call was begun. The client would keep such a connection for ever: a call
   * that we end ourselves tells it nothing.
   */
  wayOut(): () => void {
    const { turn } = this;
    return () => {
      if (turn !== this.turn || performance.now() < this.madeAt + FAIR_MS) return;
      this.madeAt = Infinity;
      const fail = (): Promise<never> => Promise.reject(new UnavailableError());
      // This rejects with the error that it was given, which is its only purpose.
      void coreOf(this.client)
        .execute(StreamsClient, 'leave', fail)
        .catch(() => undefined);
      // Without this, each mute connection keeps its socket for as long as the other side does.
      for (const { child } of this.channel?.internalChannel?.wrappedSubchannels ?? []) {
        child?.connector?.session?.destroy();
      }
    };
  }

  /**
   * Opens a call for appends to the leader; settles when it has ended, rejects if by an error.
   *
   * The client's own `appendToStream` uses this call too, but is unreliable (6.2.1). Its register
   * of appends belongs to the module: an error of one call rejects the appends of all, and a reply
   * that comes then, or twice, throws where nobody catches. A full buffer at the moment of an error
   * leaves rejections that nobody handles. A call that the server ended in order is used for ever.
   */
  batchAppend(onOpen: (call: BatchCall) => void): Promise<void> {
    const core = coreOf(this.client);
    return core.execute(
      StreamsClient,
      'batchAppend',
      (streams) =>
        new Promise<void>((resolve, reject) => {
          const args = core.callArguments({ requiresLeader: true }, { deadline: Infinity });
          const call = streams.batchAppend(...args);
          call.on('error', reject);
          call.on('end', () => {
            call.end();
            resolve();
          });
          onOpen(call);
        }),
    );
  }

  /** Makes a call to the leader for which the client has no method, or none that tells enough. */
  callLeader<Result>(
    name: string,
    make: (...call: LeaderCall) => Promise<Result>,
  ): Promise<Result> {
    const core = coreOf(this.client);
    const args = core.callArguments({ requiresLeader: true }, { deadline: Infinity });
    return core.execute(StreamsClient, name, (streams) => make(streams, args));
  }

  /** Ends all calls, then the connection. */
  async close(): Promise<void> {
    await this.client.dispose();
    const hangUp = (streams: StreamsClient): Promise<void> => {
      streams.close();
      return Promise.resolve();
    };
    // This is not awaited: without a connection it first searches a node, which may fail.
    void coreOf(this.client)
      .execute(StreamsClient, 'close', hangUp)
      .catch(() => undefined);
  }
}

/** The server's call for many appends: requests go in, replies come out in any order. */
export type BatchCall = ReturnType<StreamsClient['batchAppend']>;

/**
 * Private parts of the client: its connection, which it makes anew after an error that asks for it,
 * and to the leader if the error names that.
 */
interface ClientCore {
  execute<Result>(
    service: typeof StreamsClient,
    name: string,
    action: (streams: StreamsClient) => Promise<Result>,
  ): Promise<Result>;
  callArguments(
    options: BaseOptions,
    callOptions: { readonly deadline: number },
  ): Parameters<StreamsClient['batchAppend']>;
  /** Makes a new connection if the error calls for one. */
  handleError: (service: unknown, error: Error) => Promise<void>;
  /** Looks for the leader if that is needed, and connects to it. */
  createChannel: () => Promise<OpenChannel>;
}

/** The service of the leader, and the first arguments of every call to it. */
export type LeaderCall = readonly [StreamsClient, Parameters<StreamsClient['batchAppend']>];
/** Private parts of gRPC: a session that has not heard from the server yet, and would wait on. */
interface OpenChannel {
  readonly internalChannel?: {
    readonly wrappedSubchannels?: Iterable<{
      readonly child?: { readonly connector?: { readonly session?: Session | null } };
    }>;
  };
}

interface Session {
  destroy(): void;
}

/** The time in which a new connection may bring nothing before it is left. */
const FAIR_MS = 2_000;

const coreOf = (client: EventStoreDBClient): ClientCore => client as unknown as ClientCore;

function createClient(connectionString: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch (error) {
    // The client's own error quotes the string, and the password with it.
    const { location, expected, message } = error as Partial<ParseError> & Error;
    if (location === undefined) throw new BadEventStoreUrl(`cannot be used: ${message}`);
    const place = `at character ${String(location[0] + 1)}`;
    throw new BadEventStoreUrl(`cannot be read ${place}: expected ${String(expected)}`);
  }
}

interface ParseError {
  readonly location: readonly [number, number];
  readonly expected: string;
}
