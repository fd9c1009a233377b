const NEGOTIATED = 'application/graphql-response+json';
const PLAIN = 'application/json';

/** The answer's type if the request prefers GraphQL's own, whose statuses tell of the document. */
export const NEGOTIATED_TYPE = `${NEGOTIATED}; charset=utf-8`;

/** Whether an Accept header prefers GraphQL's own media type; equally welcome, the first counts. */
export function prefersNegotiated(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: weight === undefined ? 1 : Number(weight.slice(2)) };
  });
  const [best] = ranges
    .filter(({ type }) => ACCEPTABLE.includes(type))
    .sort((a, b) => b.quality - a.quality);
  return best?.type === NEGOTIATED && best.quality > 0;
}

const ACCEPTABLE = [NEGOTIATED, PLAIN, 'application/*', '*/*'];
