import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { PlayheadError } from '../../domain/errors.js';
import type { RequestContext } from '../graphql/request-context.js';
import type { Caller } from './key-ring.js';
import { REQUIREMENT, type Requirement } from './requires.decorator.js';
import { assertMay } from './authenticate.js';

/** Lets through who holds the role that a field or a path is for. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const requirement = this.reflector.getAllAndOverride<Requirement | undefined>(REQUIREMENT, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (requirement === undefined) throw new PlayheadError('FORBIDDEN', 'this is open to nobody');
    if (requirement !== 'nothing') assertMay(callerOf(context), requirement);
    return true;
  }
}

function callerOf(context: ExecutionContext): Caller | undefined {
  if (context.getType<string>() !== 'graphql') {
    return context.switchToHttp().getRequest<FastifyRequest>().caller;
  }
  return GqlExecutionContext.create(context).getContext<RequestContext>().caller;
}
