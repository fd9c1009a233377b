import { CloseCode, MessageType, parseMessage, stringifyMessage, type Message } from 'graphql-ws';
import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { WebSocket } from 'ws';
import { PlayheadError } from '../../domain/errors.js';
import { SECOND_MS } from '../../domain/time.js';
import type { Telemetry } from '../../telemetry/telemetry.js';
import type { Caller, KeyRing } from '../access/key-ring.js';
import { codedError, formatErrors } from '../graphql/graphql-errors.js';
import type { GraphqlPipeline } from '../graphql/graphql-pipeline.js';
import { requestInBody } from '../graphql/graphql-request.js';
import { NOT_EXECUTED } from '../graphql/metered-operation.js';
import { closeSocket } from './close-socket.js';
import { ResultStream } from './result-stream.js';
import { SocketContext } from './socket-context.js';

/**
 * The server's side of graphql-transport-ws on one socket
 * (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md), for subscriptions alone.
 */
export class Conversation {
  private isGreeted = false;
  private caller: Caller | undefined;
  /** The subscriptions by their ids; undefined while one starts. */
  private readonly streams = new Map<string, ResultStream | undefined>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly socket: WebSocket,
    private readonly client: Client,
    private readonly options: ConversationOptions,
  ) {
    this.timer = setTimeout(() => {
      closeSocket(
        socket,
        CloseCode.ConnectionInitialisationTimeout,
        'connection_init did not come',
      );
    }, options.keyMs ?? KEY_MS_MAX);
  }

  /** Takes a message of the client. */
  async take(text: string): Promise<void> {
    if (this.socket.bufferedAmount > WAITING_BYTES_MAX) {
      this.socket.terminate();
      return;
    }
    const message = messageIn(text);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        await this.greet(message.payload?.authorization);
        return;
      case MessageType.Subscribe:
        await this.subscribe(message.id, message.payload);
        return;
      case MessageType.Complete:
        this.complete(message.id);
        return;
      case MessageType.Ping:
        await this.say({ type: MessageType.Pong, ...payloadOf(message) });
        return;
      case MessageType.Pong:
        return;
      case MessageType.ConnectionAck:
      case MessageType.Next:
      case MessageType.Error:
      case undefined:
        closeSocket(this.socket, CloseCode.BadRequest, 'this is no message that a client sends');
    }
  }

  /** Ends all subscriptions; the client has gone. */
  end(): void {
    clearTimeout(this.timer);
    for (const id of this.streams.keys()) this.complete(id);
  }

  private async greet(authorization: unknown): Promise<void> {
    if (this.isGreeted) {
      closeSocket(
        this.socket,
        CloseCode.TooManyInitialisationRequests,
        'connection_init came twice',
      );
      return;
    }
    this.isGreeted = true;
    clearTimeout(this.timer);
    const sent = typeof authorization === 'string' ? authorization : this.client.authorization;
    const { keyRing } = this.options;
    this.caller = keyRing.callerOf(sent) ?? keyRing.callerOf(`Bearer ${sent ?? ''}`);
    if (this.caller !== undefined) await this.say({ type: MessageType.ConnectionAck });
    else
      closeSocket(this.socket, CloseCode.Forbidden, 'send a key of this server as authorization');
  }

  private async subscribe(id: string, asked: unknown): Promise<void> {
    if (this.caller === undefined) {
      closeSocket(this.socket, CloseCode.Unauthorized, 'send connection_init first');
      return;
    }
    if (this.streams.has(id)) {
      closeSocket(this.socket, CloseCode.SubscriberAlreadyExists, `there is a subscription ${id}`);
      return;
    }
    this.streams.set(id, undefined);
    const started = await this.start(this.caller, asked);
    const isWanted = this.streams.has(id);
    if (!(started instanceof ResultStream)) {
      this.streams.delete(id);
      if (isWanted) await this.say({ id, type: MessageType.Error, payload: started });
      return;
    }
    if (isWanted) await this.tell(id, started);
    else await started.return();
  }

  /** Starts a subscription; returns its results, or the errors for which it could not start. */
  private async start(caller: Caller, asked: unknown) {
    const { schema, pipeline, telemetry } = this.options;
    const context = new SocketContext(caller, `${caller.name} ${this.client.address}`);
    const begin = performance.now();
    const result = await coded(() => pipeline.answer(schema, requestInBody(asked), context));
    const isStarted = result instanceof ResultStream;
    const errors = isStarted ? [] : formatErrors(result.errors ?? []);
    const code = isStarted ? 'OK' : (errors[0]?.extensions.code ?? 'INTERNAL');
    const seconds = (performance.now() - begin) / SECOND_MS;
    telemetry.executed(context.operation ?? NOT_EXECUTED, code, seconds);
    return isStarted ? result : errors;
  }

  /** Sends each result after the client has taken the one before it, then the end. */
  private async tell(id: string, results: ResultStream): Promise<void> {
    this.streams.set(id, results);
    results.onStuck = () => {
      this.socket.terminate();
    };
    for await (const payload of results) await this.say({ id, type: MessageType.Next, payload });
    // A client that has completed it may have given its id to another one.
    if (this.streams.get(id) !== results) return;
    this.streams.delete(id);
    await this.say({ id, type: MessageType.Complete });
  }

  private complete(id: string): void {
    const stream = this.streams.get(id);
    this.streams.delete(id);
    void stream?.return();
  }

  /** Resolves when the system has taken a message, or the client has gone. */
  private say(message: Said): Promise<void> {
    return new Promise((resolve) => {
      this.socket.send(stringifyMessage(message as Message), () => {
        resolve();
      });
    });
  }
}

/** The time in milliseconds that a client has to send its key. */
const KEY_MS_MAX = 5 * SECOND_MS;
/** The most bytes that may wait for a client that goes on asking. */
const WAITING_BYTES_MAX = 2 ** 20;

export interface ConversationOptions {
  readonly schema: GraphQLSchema;
  readonly pipeline: GraphqlPipeline;
  readonly keyRing: KeyRing;
  readonly telemetry: Pick<Telemetry, 'executed'>;
  readonly keyMs?: number;
}

/** The facts about a client from the request that began the connection. */
interface Client {
  readonly address: string;
  /** The key that it sent, as a header. */
  readonly authorization: string | undefined;
}

/** The messages of this side. The library's errors are objects of its own. */
type Said =
  | { readonly type: MessageType.ConnectionAck }
  | { readonly type: MessageType.Pong; readonly payload?: Record<string, unknown> }
  | { readonly id: string; readonly type: MessageType.Complete }
  | {
      readonly id: string;
      readonly type: MessageType.Next;
      readonly payload: FormattedExecutionResult;
    }
  | {
      readonly id: string;
      readonly type: MessageType.Error;
      readonly payload: ReturnType<typeof formatErrors>;
    };

/** Returns a message; undefined for none, and for one that is too deep to be written again. */
function messageIn(text: string): Message | undefined {
  try {
    const message = parseMessage(text);
    if (message.type === MessageType.Ping) stringifyMessage(message);
    return message;
  } catch {
    return undefined;
  }
}

const payloadOf = ({ payload }: { readonly payload?: Record<string, unknown> | undefined }) => ({
  ...(payload !== undefined && { payload }),
});

/** Gives the errors of a result their codes, like those of the document. */
async function coded<Result extends object>(
  answer: () => Promise<Result>,
): Promise<Result | { readonly errors: readonly ReturnType<typeof codedError>[] }> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof PlayheadError) return { errors: [codedError(error)] };
    throw error;
  }
}
