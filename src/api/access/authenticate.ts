import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PlayheadError } from '../../domain/errors.js';
import type { Caller, KeyRing, Role } from './key-ring.js';

/** Finds the sender of each request; `assertMay` decides what that caller may do. */
export function addAuthentication(fastify: FastifyInstance, keyRing: KeyRing): void {
  fastify.decorateRequest('caller');
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.caller = keyRing.callerOf(request.headers.authorization);
    done();
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined if the request has no key, or none of ours. */
    caller: Caller | undefined;
  }
}

/** The host names that can only mean this machine to a program on it. */
const LOOPBACK_HOST = new RegExp(
  '^(localhost|127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}|\\[::1\\])(:\\d{1,5})?$',
  'i',
);
/** A request target that names its host itself, which then counts instead of the header. */
const ABSOLUTE_TARGET = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

/** The headers in which common proxies name their clients. */
const OF_PROXIES = new RegExp(
  [
    '^(via|cdn-loop|(x-)?forwarded|x-rewrite-url|(x-)?(url-)?scheme)$',
    '^(x-)?(forwarded|original|envoy|azure|vercel|cloudfront)-',
    '(client|real|remote|connecting|originating|user|viewer|source)-?(ip(v6)?|addr(ess)?)$',
  ].join('|'),
);

/** Finds the caller by a key in the address, for beacons, which cannot set headers. */
export function takeKeyOfAddress(request: FastifyRequest, keyRing: KeyRing): void {
  const { key } = request.query as { readonly key?: unknown };
  if (keyRing.isOpen || key === undefined || request.headers.authorization !== undefined) return;
  request.caller = typeof key === 'string' ? keyRing.callerOfAddress(key) : undefined;
}

/**
 * Refuses requests from other machines, by a proxy, or under a name that is not this machine's. A
 * server without keys needs this, as everybody who reaches it may do everything.
 */
export function addLoopbackRule(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(isFromHere(request) ? undefined : notFromHere());
  });
}

const notFromHere = (): PlayheadError =>
  new PlayheadError(
    'FORBIDDEN',
    'without keys only requests from and to this machine itself are answered; ' +
      'set keys: npm run cli -- keys generate',
  );

const isFromHere = ({ headers, originalUrl }: FastifyRequest): boolean =>
  LOOPBACK_HOST.test(headers.host ?? '') &&
  LOOPBACK_HOST.test(ABSOLUTE_TARGET.exec(originalUrl)?.[1] ?? 'localhost') &&
  // Some proxies write an underscore for the hyphen.
  !Object.keys(headers).some((name) => OF_PROXIES.test(name.replaceAll('_', '-')));

/** Returns the client that rates are counted for: a key from an address. */
export const clientOf = ({ caller, ip }: FastifyRequest): string => `${caller?.name ?? ''} ${ip}`;

/** The facts about a request that decide about access. */
export interface Asking {
  /** The holder of the key that was sent; undefined without a key of this server. */
  readonly caller: Caller | undefined;
  /** Says whether the request was answered already, so that nobody waits for its other fields. */
  readonly isAnswered: boolean;
}

/** Throws UNAUTHENTICATED without a key of ours. */
export function assertKnown(caller: Caller | undefined): asserts caller is Caller {
  if (caller === undefined) {
    const how = 'send a key of this server as Authorization: Bearer KEY';
    throw new PlayheadError('UNAUTHENTICATED', how);
  }
}

/** Says whether a caller's key opens a role. */
export const may = (caller: Caller | undefined, role: Role): caller is Caller =>
  caller?.roles.has(role) === true;

/** Throws UNAUTHENTICATED without a key, FORBIDDEN with a key that does not open the role. */
export function assertMay(caller: Caller | undefined, role: Role): asserts caller is Caller {
  assertKnown(caller);
  if (!may(caller, role)) {
    throw new PlayheadError('FORBIDDEN', `this takes ${role === 'read' ? 'a' : 'an'} ${role} key`);
  }
}
