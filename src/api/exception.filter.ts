import {
  Catch,
  HttpException,
  type ArgumentsHost,
  type ExceptionFilter as NestFilter,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { HealthCheckResult } from '@nestjs/terminus';
import { PlayheadError } from '../domain/errors.js';
import { plainAnswer, sendPlain } from './http/answers.js';
import { isOutOfReach } from './readiness-indicators.js';

/** Answers errors of plain HTTP with their code. GraphQL answers the errors of resolvers. */
@Catch()
export class ExceptionFilter implements NestFilter {
  catch(exception: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return exception;
    const error = notReady(exception) ?? exception;
    sendPlain(host.switchToHttp().getResponse<FastifyReply>(), plainAnswer(error));
    return undefined;
  }
}

/** Makes an error of a failed readiness check: its report, with the code of what is wrong. */
function notReady(exception: unknown): PlayheadError | undefined {
  if (!(exception instanceof HttpException)) return undefined;
  const report = exception.getResponse();
  if (typeof report === 'string' || !('details' in report)) return undefined;
  const { error = {} } = report as HealthCheckResult;
  const troubles = Object.entries(error);
  const isBehind = troubles.every(
    ([part, trouble]) => part === 'readModels' && !isOutOfReach(trouble),
  );
  const named = troubles.map(([part, trouble]) => `${part} ${String(trouble?.message)}`).join('; ');
  const code = isBehind ? 'READ_MODEL_BEHIND' : 'STORE_UNAVAILABLE';
  return new PlayheadError(code, `not ready: ${named}`, { ...report });
}
