import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PlayheadError } from '../../domain/errors.js';
import { clientOf, may, takeKeyOfAddress } from '../access/authenticate.js';
import type { KeyRing } from '../access/key-ring.js';
import { FAULTS_NAMED_MAX } from '../batch-receipt.js';
import { requestFactsOf, type EdgeContext } from '../context/edge-context.js';
import { kindOf, leaveBodies, linesOf, readBody } from '../http/request-body.js';
import type { Admission } from '../limits/admission.js';
import type { PositionTokens } from '../position-tokens.js';
import type { CmcdIntake, CmcdReceipt, CmcdRequest } from './cmcd-intake.js';

/**
 * Adds `POST /cmcd`, which takes the reports of players (CTA-5004-B, event mode). An error answer
 * makes players report more. So a fault that sending again cannot mend is answered like success.
 */
export async function addCmcd(fastify: FastifyInstance, options: CmcdOptions): Promise<void> {
  const { keyRing, admission, bytesMax, cmcd } = options;
  await fastify.register(async (scope) => {
    leaveBodies(scope);
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('cross-origin-resource-policy', 'cross-origin');
      if (options.cmcdSwitch === 'gone') return reply.code(GONE).send();
      takeKeyOfAddress(request, keyRing);
      if (may(request.caller, 'ingest')) return;
      if (options.cmcdUnknownKey === 'refuse') throw badKey(request);
      options.onDiscard();
      return reply.header(REJECTED_HEADER, 'key').code(NO_CONTENT).send();
    });
    scope.post(CMCD_PATH, async (request, reply) => {
      admission.check(clientOf(request));
      const kind = kindOf(request.raw, FORMS, bytesMax);
      const isStrict = isStrictIn(request);
      const receipt = await admission.within(clientOf(request), async (place) => {
        const body = await readBody(request.raw, kind, bytesMax, place);
        await admission.takeTurn();
        // What is no UTF-8 makes its line unreadable, and no other.
        const lines = linesOf(body.toString());
        if (lines.length > LINES_MAX) throw tooManyLines();
        place.addEvents(lines.length);
        const parameters = request.query as CmcdRequest['parameters'];
        const findings = options.context.findingsOf(requestFactsOf(request));
        return cmcd.record(lines, { parameters, findings, isStrict });
      });
      answer(reply, receipt, isStrict, options.tokens);
      return reply;
    });
    return Promise.resolve();
  });
}

export const CMCD_PATH = '/cmcd';
/** The header that names the number of rejected lines, and the reason for the first one. */
export const REJECTED_HEADER = 'playhead-rejected';
/** The most reports of a request. A player that was offline for long sends all that waited. */
const LINES_MAX = 10_000;
const FORMS = { 'application/cmcd': 'lines', 'text/cmcd': 'lines', 'text/plain': 'lines' } as const;
const NO_CONTENT = 204;
const GONE = 410;

export interface CmcdOptions {
  readonly keyRing: KeyRing;
  readonly admission: Admission;
  readonly cmcd: CmcdIntake;
  readonly tokens: PositionTokens;
  readonly context: EdgeContext;
  readonly bytesMax: number;
  /** `gone` tells players to stop for good. */
  readonly cmcdSwitch: 'on' | 'gone';
  /** The treatment of reports with an unknown key. */
  readonly cmcdUnknownKey: 'refuse' | 'discard';
  /** Called for a request that is discarded because of its key. */
  readonly onDiscard: () => void;
}

const tooManyLines = (): PlayheadError =>
  new PlayheadError('PAYLOAD_TOO_LARGE', `the body has more than ${String(LINES_MAX)} lines`);

/** Says whether to answer faults with an error: for people who test, never for players. */
const isStrictIn = ({ query }: FastifyRequest): boolean =>
  (query as { readonly strict?: unknown }).strict === '1';

/** Makes the error for a bad key, in words for those who configure a player. */
const badKey = ({ caller }: FastifyRequest): PlayheadError =>
  new PlayheadError(
    caller === undefined ? 'UNAUTHENTICATED' : 'FORBIDDEN',
    'write an INGEST_KEY of this server into the address that players report to: ?key=KEY',
  );

function answer(
  reply: FastifyReply,
  { position, rejected }: CmcdReceipt,
  isStrict: boolean,
  tokens: PositionTokens,
): void {
  const [first] = rejected;
  if (first !== undefined && isStrict) throw faultyLines(rejected);
  if (first !== undefined) {
    reply.header(REJECTED_HEADER, `${String(rejected.length)};${first.reason}`);
  }
  void reply.header('position', tokens.encode(position)).code(NO_CONTENT).send();
}

function faultyLines(rejected: CmcdReceipt['rejected']): PlayheadError {
  const errors = rejected.slice(0, FAULTS_NAMED_MAX).map(({ index, reason }) => ({
    index,
    code: 'BAD_USER_INPUT',
    message: RULES[reason],
  }));
  const [{ index, message } = { index: 0, message: '' }] = errors;
  return new PlayheadError('BAD_USER_INPUT', `line ${String(index)}: ${message}`, { errors });
}

/** The meaning of each reason; docs/players.md says what to do. */
const RULES: Readonly<Record<CmcdReceipt['rejected'][number]['reason'], string>> = {
  unreadable: 'this is no CMCD, or one of its values cannot be read',
  version: 'v: must be 1 or 2',
  event: 'e: must be an event of CMCD version 2, such as ps or t',
  time: 'ts: must be a time in milliseconds since 1970, of 13 digits',
  session: 'sid: must be a text of 1 to 64 characters',
  media: 'cid: must name a title, else `media` in the address',
  'session-full': 'sid: the session takes no more events',
};
