import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { badInput } from '../../domain/errors.js';
import type { ReportOrigin } from '../report-fields.js';
import { assertMay, clientOf, takeKeyOfAddress } from '../access/authenticate.js';
import type { KeyRing } from '../access/key-ring.js';
import { requestFactsOf, type EdgeContext } from '../context/edge-context.js';
import { plainAnswer, sendPlain } from '../http/answers.js';
import type { Admission } from '../limits/admission.js';
import type { PositionTokens } from '../position-tokens.js';
import type { BatchReceipt } from '../batch-receipt.js';
import type { BatchForm, ReportIntake } from '../report-intake.js';
import { kindOf, leaveBodies, readBody } from '../http/request-body.js';
import { elementsOf, EVENT_FORMS, jsonOf, type Element } from './event-body.js';
import { readFields, unreadable } from './event-fields.js';

/** Adds `POST /events`, which records events without GraphQL, for many at once and for beacons. */
export async function addEvents(fastify: FastifyInstance, options: EventsOptions): Promise<void> {
  const { keyRing, admission, bytesMax } = options;
  await fastify.register(async (scope) => {
    leaveBodies(scope);
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('cross-origin-resource-policy', 'cross-origin');
      takeKeyOfAddress(request, keyRing);
      assertMay(request.caller, request.headers.import === 'past' ? 'admin' : 'ingest');
      // What it says otherwise is refused before the body comes.
      originOf(request);
      return Promise.resolve();
    });
    scope.post(EVENTS_PATH, async (request, reply) => {
      admission.check(clientOf(request));
      const isPartial = isPartOf(request);
      const kind = kindOf(request.raw, EVENT_FORMS, bytesMax);
      const receipt = await admission.within(clientOf(request), async (place) => {
        const body = await readBody(request.raw, kind, bytesMax, place);
        await admission.takeTurn();
        const elements = elementsOf(body, kind.form);
        place.addEvents(elements.length);
        return options.intake.recordAll(elements, { ...formOf(request, options), isPartial });
      });
      answer(reply, receipt, options.tokens);
      return reply;
    });
    return Promise.resolve();
  });
}

export const EVENTS_PATH = '/events';

export interface EventsOptions {
  readonly keyRing: KeyRing;
  readonly admission: Admission;
  readonly intake: ReportIntake;
  readonly tokens: PositionTokens;
  readonly context: EdgeContext;
  /** The most bytes of a body, as it comes and unpacked. */
  readonly bytesMax: number;
}

function formOf(request: FastifyRequest, { context }: EventsOptions): BatchForm<Element> {
  const origin = originOf(request);
  return {
    ...batchForm(origin),
    // Records of the past come from somewhere else than their viewers.
    ...(origin === 'live' && { findings: context.findingsOf(requestFactsOf(request)) }),
  };
}

/** The most events of a request. */
const EVENTS_LENGTH_MAX = 10_000;

const batchForm = (origin: ReportOrigin): BatchForm<Element> => ({
  name: 'body',
  lengthMax: EVENTS_LENGTH_MAX,
  read: (element, onFault) => {
    const json = jsonOf(element);
    if (json === undefined) return unreadable('body', 'must be JSON', onFault);
    return readFields(json, onFault, origin);
  },
  origin,
});

/**
 * Returns the origin of a request's reports. Clients that import say so by a header. Browsers
 * cannot, as CORS does not allow that header.
 */
function originOf({ headers }: FastifyRequest): ReportOrigin {
  const { import: sign } = headers;
  if (sign !== undefined && sign !== 'past') throw badInput('import', 'the header must be `past`');
  return sign ?? 'live';
}

/** Says whether good events are to be stored although others are bad. */
function isPartOf({ query }: FastifyRequest): boolean {
  const { partial } = query as { readonly partial?: unknown };
  if (partial !== undefined && partial !== '1') throw badInput('partial', 'must be `1`');
  return partial === '1';
}

const ACCEPTED = 202;

function answer(reply: FastifyReply, batch: BatchReceipt, tokens: PositionTokens): void {
  const { failure, errors, ...counts } = batch;
  const receipt = { ...counts, position: tokens.encode(counts.position) };
  const listed = errors === undefined ? {} : { errors };
  reply.header('position', receipt.position);
  if (failure === undefined) {
    void reply.code(ACCEPTED).send({ ...receipt, ...listed });
    return;
  }
  const { error, failed, failures } = failure;
  const { status, body } = plainAnswer(error);
  sendPlain(reply, {
    status,
    body: { ...body, ...listed, extensions: { ...receipt, failed, failures } },
  });
}
