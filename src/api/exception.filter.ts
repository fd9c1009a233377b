import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { plainAnswer, sendPlain } from './http/answers.js';

/**
 * Answers errors of plain HTTP with their code. It leaves those of resolvers to GraphQL's own
 * formatter, and lets pass what readiness says of the server's parts.
 */
@Catch()
export class ExceptionFilter extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return exception;
    if (isHealthReport(exception)) super.catch(exception, host);
    else sendPlain(host.switchToHttp().getResponse<FastifyReply>(), plainAnswer(exception));
    return undefined;
  }
}

function isHealthReport(exception: unknown): boolean {
  if (!(exception instanceof HttpException)) return false;
  const body = exception.getResponse();
  return typeof body === 'object' && 'details' in body;
}
