/** Says whether an Accept header prefers GraphQL's own media type; of equals, the first counts. */
export const prefersNegotiated = (accept: string | undefined): boolean =>
  preferredOf(accept, [NEGOTIATED, ...PLAIN_RANGES]) === NEGOTIATED;

const NEGOTIATED = 'application/graphql-response+json';
const EVENTS = 'text/event-stream';
/** The type of an answer that is a stream of events. */
export const EVENTS_TYPE = `${EVENTS}; charset=utf-8`;
/** The type of an answer if the request prefers GraphQL's own, with statuses for documents. */
export const NEGOTIATED_TYPE = `${NEGOTIATED}; charset=utf-8`;
const PAGE = 'text/html';

/** Says whether an Accept header prefers a page for people, as a browser's does. */
export const prefersPage = (accept: string | undefined): boolean =>
  preferredOf(accept, [PAGE, NEGOTIATED, ...PLAIN_RANGES]) === PAGE;

/** Says whether an Accept header prefers a stream of events. */
export const prefersEvents = (accept: string | undefined): boolean =>
  preferredOf(accept, [EVENTS, NEGOTIATED, ...PLAIN_RANGES]) === EVENTS;

/** Says whether an Accept header names a stream of events at all. */
export const acceptsEvents = (accept: string | undefined): boolean =>
  preferredOf(accept, [EVENTS]) === EVENTS;

const PLAIN = 'application/json';

const PLAIN_RANGES = [PLAIN, 'application/*', '*/*'];

/** Returns the type that an Accept header prefers most, if it accepts any. */
function preferredOf(accept: string | undefined, types: readonly string[]): string | undefined {
  const ranges = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: weight === undefined ? 1 : Number(weight.slice(2)) };
  });
  const [best] = ranges
    .filter(({ type }) => types.includes(type))
    .sort((a, b) => b.quality - a.quality);
  return best !== undefined && best.quality > 0 ? best.type : undefined;
}
