/** Where whoever runs the server is told of its troubles. */
export interface OperatorLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
