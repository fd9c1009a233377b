/** Where the projector's troubles are written down. */
export interface ProjectorLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
