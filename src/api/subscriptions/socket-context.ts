import { OperationTypeNode } from 'graphql';
import { badInput } from '../../domain/errors.js';
import type { Caller } from '../access/key-ring.js';
import type { MeteredOperation } from '../../telemetry/telemetry.js';
import type { OperationContext } from '../graphql/operation-context.js';

/** The state of one operation that came over a WebSocket. */
export class SocketContext implements OperationContext {
  readonly isAnswered = false;
  operation: MeteredOperation | undefined;
  private charging: (cost: number) => void = () => undefined;

  constructor(
    readonly caller: Caller,
    readonly client: string,
  ) {}

  /** Whatever has one answer has a status and headers: it is asked for over HTTP. */
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

  /** A subscription goes on until it tells what has been recorded. */
  readAfter(): undefined {
    return undefined;
  }
}
