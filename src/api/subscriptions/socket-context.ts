import { OperationTypeNode } from 'graphql';
import { badInput } from '../../domain/errors.js';
import type { Caller } from '../access/key-ring.js';
import type { MeteredOperation } from '../../telemetry/telemetry.js';
import type { OperationContext } from '../graphql/operation-context.js';

/** The context of one operation that came over a WebSocket. */
export class SocketContext implements OperationContext {
  readonly isAnswered = false;
  operation: MeteredOperation | undefined;
  scanned: string | undefined;
  private charging: (cost: number) => void = () => undefined;

  constructor(
    readonly caller: Caller,
    readonly client: string,
  ) {}

  /** Refuses all but subscriptions. Other operations need a status and headers, which HTTP has. */
  assertTakes(kind: OperationTypeNode): void {
    if (kind === OperationTypeNode.SUBSCRIPTION) return;
    throw badInput('query', `must be a subscription here: send a ${kind} as a POST`);
  }

  noteOperation(operation: MeteredOperation): void {
    this.operation = operation;
  }

  chargeBy(charge: (cost: number) => void): void {
    this.charging = charge;
  }

  charge(cost: number): void {
    this.charging(cost);
  }

  /** Returns undefined: a subscription goes on, and in time tells what has been recorded. */
  readAfter(): undefined {
    return undefined;
  }
}
