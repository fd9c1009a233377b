const NEGOTIATED = 'application/graphql-response+json';
const PLAIN = 'application/json';
const PAGE = 'text/html';

/** The answer's type if the request prefers GraphQL's own, whose statuses tell of the document. */
export const NEGOTIATED_TYPE = `${NEGOTIATED}; charset=utf-8`;

/** Whether an Accept header prefers GraphQL's own media type; equally welcome, the first counts. */
export const prefersNegotiated = (accept: string | undefined): boolean =>
  preferredOf(accept, [NEGOTIATED, ...PLAIN_RANGES]) === NEGOTIATED;

/** Whether an Accept header prefers a page for people, as that of a browser does. */
export const prefersPage = (accept: string | undefined): boolean =>
  preferredOf(accept, [PAGE, NEGOTIATED, ...PLAIN_RANGES]) === PAGE;

const PLAIN_RANGES = [PLAIN, 'application/*', '*/*'];

/** Which of some types an Accept header welcomes most, if any. */
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
