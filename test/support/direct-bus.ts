import type { CommandBus, QueryBus } from '@nestjs/cqrs';

type MessageType = new (...fields: never[]) => object;
interface Handler {
  execute(message: object): Promise<unknown>;
}

/** Hands each message to its handler, as Nest's buses do once they have found them. */
export class DirectBus {
  private readonly handlers = new Map<unknown, Handler>();
  /** What was carried out, in order. */
  readonly messages: object[] = [];

  /** `handler` carries out messages of this type. */
  register<Message extends object>(
    type: MessageType & (new (...fields: never[]) => Message),
    handler: { execute(message: Message): Promise<unknown> },
  ): this {
    this.handlers.set(type, handler);
    return this;
  }

  async execute(message: object): Promise<unknown> {
    this.messages.push(message);
    const handler = this.handlers.get(message.constructor);
    if (handler === undefined) throw new Error(`nobody handles ${message.constructor.name}`);
    return handler.execute(message);
  }

  asCommandBus(): CommandBus {
    return this as unknown as CommandBus;
  }

  asQueryBus(): QueryBus {
    return this as unknown as QueryBus;
  }
}
