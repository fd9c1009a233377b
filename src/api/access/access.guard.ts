import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { PlayheadError } from '../../domain/errors.js';
import { REQUIREMENT, type Requirement } from './requires.decorator.js';
import { assertMay, type Asking } from './authenticate.js';

/**
 * Lets a request through if its caller holds the role that the field or path requires. The fields
 * of a GraphQL request that was answered with TIMEOUT meanwhile are refused.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const requirement = this.reflector.getAllAndOverride<Requirement | undefined>(REQUIREMENT, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (requirement === undefined) throw new PlayheadError('FORBIDDEN', 'this is open to nobody');
    const asking = askingOf(context);
    if (asking.isAnswered) throw new PlayheadError('TIMEOUT', 'the request has been answered');
    if (requirement !== 'nothing') assertMay(asking.caller, requirement);
    return true;
  }
}

function askingOf(context: ExecutionContext): Asking {
  if (context.getType<string>() === 'graphql') {
    return GqlExecutionContext.create(context).getContext<Asking>();
  }
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  return { caller, isAnswered: false };
}
