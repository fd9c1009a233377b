import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { PrettyStream } from 'pino-pretty';
import { requestId } from '../api/http/request-ids.js';

/**
 * Makes a logger that writes JSON lines to stdout; on a terminal, lines for people. A line about
 * work for a request has the request's id.
 */
export async function createLogger(level: string): Promise<Logger> {
  process.stdout.on('error', noteLostLine);
  const stream = process.stdout.isTTY ? await linesForPeople() : process.stdout;
  const mixin = (): object => {
    const id = requestId();
    return id === undefined ? {} : { requestId: id };
  };
  return pino({ level, timestamp: pino.stdTimeFunctions.isoTime, mixin }, stream);
}

async function linesForPeople(): Promise<PrettyStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true });
}

/** Says once on stderr that log lines get lost; the server goes on, as no data depends on them. */
function noteLostLine({ message }: Error): void {
  process.stdout.off('error', noteLostLine);
  process.stdout.on('error', () => undefined);
  process.stderr.write(`playhead: log lines cannot be written: ${message}\n`);
}

/** Logs a message whatever the log level is, as other programs may wait for it. */
export function announce(logger: Logger, message: string): void {
  logger.child({}, { level: 'info' }).info(message);
}

/** Logs Node's own warnings; deprecations, which concern only developers, at the level debug. */
export function logWarnings(logger: Logger): void {
  process.on('warning', ({ name, message }) => {
    logger[name === 'DeprecationWarning' ? 'debug' : 'warn'](`${name}: ${message}`);
  });
}

/** Takes the log lines of Nest. Other lines than warnings and errors go to the level debug. */
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
