import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';

/** Leaves the errors of resolvers to GraphQL's own formatter, which also logs what it must. */
@Catch()
export class ExceptionFilter extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return exception;
    super.catch(exception, host);
    return undefined;
  }
}
