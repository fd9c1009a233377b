import { EventStoreDBClient, UnavailableError, type BaseOptions } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { BadEventStoreUrl, readConnectionString } from './connection-string.js';

/** The server's call for many appends: requests go in, replies come out in any order. */
export type BatchCall = ReturnType<StreamsClient['batchAppend']>;

/**
 * What the client keeps to itself: its connection, which it makes anew, to the leader if that is
 * named, after an error that says so.
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
  /** Makes a new connection if the error says that it takes one. */
  handleError: (service: unknown, error: Error) => Promise<void>;
  /** Searches the leader where that has to be found, and connects to it. */
  createChannel: () => Promise<OpenChannel>;
}

/** What a call of the leader's is made with: its service, and what every call of it begins with. */
export type LeaderCall = readonly [StreamsClient, Parameters<StreamsClient['batchAppend']>];
/** What gRPC keeps to itself: a session that has not heard the server yet, and would wait on. */
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

/** A connection is given so long to bring anything before it is left. */
const FAIR_MS = 2_000;

/** A client of one server or cluster. */
export class Connection {
  /** How many connections were made before, each in place of another. */
  private turn = 0;
  /** When the present connection was made, on the clock of `performance`; Infinity until it is. */
  private madeAt = Infinity;
  private channel: OpenChannel | undefined;

  private constructor(
    readonly client: EventStoreDBClient,
    /** Hosts and ports, for messages. */
    readonly address: string,
    /** The connection string as it was understood; holds the password. */
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

  /** Connects at the first call, not here. BadEventStoreUrl for a string that cannot be used. */
  static to(url: string): Connection {
    const { full, address } = readConnectionString(url);
    const client = createClient(full);
    const core = coreOf(client);
    const renew = core.handleError;
    core.handleError = async (service, error) => {
      // Rejects where another call's search for a node fails, which that call reports. The client
      // does not await it, and a rejection that nobody handles ends the process.
      await renew(service, error).catch(() => undefined);
    };
    return new Connection(client, address, full);
  }

  /**
   * To be asked for right after a call was begun: the function returned leaves the connection that
   * the call goes over, since nothing came of it. The client would keep such a connection for ever:
   * a call that we end ourselves tells it nothing.
   */
  wayOut(): () => void {
    const { turn } = this;
    return () => {
      if (turn !== this.turn || performance.now() < this.madeAt + FAIR_MS) return;
      this.madeAt = Infinity;
      const fail = (): Promise<never> => Promise.reject(new UnavailableError());
      // Rejects with what it was given, which is all that it is for.
      void coreOf(this.client)
        .execute(StreamsClient, 'leave', fail)
        .catch(() => undefined);
      // Or each mute connection would keep its socket for as long as the other side does.
      for (const { child } of this.channel?.internalChannel?.wrappedSubchannels ?? []) {
        child?.connector?.session?.destroy();
      }
    };
  }

  /**
   * Opens a call for appends to the leader; settles when it has ended, rejects if by an error.
   *
   * The client's own `appendToStream` uses this call too, but not so that one could rely on it
   * (6.2.1): its register of appends belongs to the module, so an error of one call rejects those
   * of all, and the reply that then comes, or one that comes twice, throws where nobody catches;
   * a full buffer at the moment of an error leaves rejections that nobody handles; a call that the
   * server ended in order is used for ever.
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

  /** Makes a call of the leader that the client has no method for, or none that tells enough. */
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
    // Not awaited, as it first searches a node where there is no connection, which may fail.
    void coreOf(this.client)
      .execute(StreamsClient, 'close', hangUp)
      .catch(() => undefined);
  }
}

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
