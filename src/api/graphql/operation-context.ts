import type { OperationTypeNode } from 'graphql';
import type { MeteredOperation } from '../../telemetry/telemetry.js';
import type { Asking } from '../access/authenticate.js';

/** The facts about the sender of an operation that the pipeline needs, for each transport. */
export interface OperationContext extends Asking {
  /**
   * The position, as a token, up to which the log was looked at for the last result of a
   * subscription; results tell it in `extensions.position`. Undefined where it looks at no log.
   */
  scanned: string | undefined;
  /** The client that rates are counted for. */
  readonly client: string;
  /** Throws if operations of a kind cannot come this way. */
  assertTakes(kind: OperationTypeNode): void;
  /** Notes the operation, for the metrics. */
  noteOperation(operation: MeteredOperation): void;
  /** Sets the function that charges for work of the operation. */
  chargeBy(charge: (cost: number) => void): void;
  /**
   * Charges for work whose cost is known only during execution. Throws QUERY_TOO_COMPLEX or
   * RATE_LIMITED before the work is done.
   */
  charge(cost: number): void;
  /** Returns the position that queries wait for; throws BAD_USER_INPUT if it is of another log. */
  readAfter(): number | undefined;
}
