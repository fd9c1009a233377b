import { prefersNegotiated } from '../../../src/api/graphql/media-type.js';

const GRAPHQL = 'application/graphql-response+json';

describe("GraphQL's own media type", () => {
  it.each([
    GRAPHQL,
    `${GRAPHQL}; charset=utf-8`,
    `${GRAPHQL}, application/json`,
    `${GRAPHQL}, application/json;q=0.9`,
    `application/json;q=0.5, ${GRAPHQL}`,
    `text/html, ${GRAPHQL}, */*;q=0.1`,
    GRAPHQL.toUpperCase(),
  ])('is preferred by %s', (accept) => {
    expect(prefersNegotiated(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    `application/json, ${GRAPHQL}`,
    `${GRAPHQL};q=0.5, application/json`,
    `${GRAPHQL};q=0`,
    'text/html',
  ])('is not preferred by %s', (accept) => {
    expect(prefersNegotiated(accept)).toBe(false);
  });
});
