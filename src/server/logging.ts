import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { requestId } from '../api/http/request-ids.js';

/**
 * Log lines as JSON on stdout; on a terminal as people read them. What is done for a request is
 * logged with its id.
 */
export function createLogger(level: string): Logger {
  process.stdout.on('error', noteLostLine);
  const stream = process.stdout.isTTY
    ? pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
    : process.stdout;
  const mixin = (): object => {
    const id = requestId();
    return id === undefined ? {} : { requestId: id };
  };
  return pino({ level, timestamp: pino.stdTimeFunctions.isoTime, mixin }, stream);
}

/** That log lines get lost is said once, on stderr: nobody's data depends on them. */
function noteLostLine({ message }: Error): void {
  process.stdout.off('error', noteLostLine);
  process.stdout.on('error', () => undefined);
  process.stderr.write(`playhead: log lines cannot be written: ${message}\n`);
}

/** Says one thing at every level: what others wait for must not depend on it. */
export function announce(logger: Logger, message: string): void {
  logger.child({}, { level: 'info' }).info(message);
}

/** Lets Node's own warnings be log lines; what is deprecated concerns only whoever works on it. */
export function logWarnings(logger: Logger): void {
  process.on('warning', ({ name, message }) => {
    logger[name === 'DeprecationWarning' ? 'debug' : 'warn'](`${name}: ${message}`);
  });
}

/** What Nest itself logs: its warnings and errors. The rest is its own start-up. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, String(message));
  }

  warn(message: unknown, context?: unknown): void {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.logger.error({ details }, String(message));
  }
}
