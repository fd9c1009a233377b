/** Tells the operator of the server about its troubles. */
export interface OperatorLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
