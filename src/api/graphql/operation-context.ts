import type { OperationTypeNode } from 'graphql';
import type { MeteredOperation } from '../../telemetry/telemetry.js';
import type { Asking } from '../access/authenticate.js';

/** What the pipeline knows of the sender of an operation, whatever way it came. */
export interface OperationContext extends Asking {
  /** The client that rates are counted for. */
  readonly client: string;
  /** Throws if operations of a kind cannot come this way. */
  assertTakes(kind: OperationTypeNode): void;
  /** Notes which operation it is, for the metrics. */
  noteOperation(operation: MeteredOperation): void;
  /** Sets who charges for work of the operation. */
  chargeBy(charge: (cost: number) => void): void;
  /**
   * Charges for work whose cost shows only while the answer is worked out. Throws
   * QUERY_TOO_COMPLEX or RATE_LIMITED before it is done.
   */
  charge(cost: number): void;
  /** Returns the position that queries wait for; throws BAD_USER_INPUT if it is of another log. */
  readAfter(): number | undefined;
}
