import { prefersNegotiated, prefersPage } from '../../../src/api/graphql/media-type.js';

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

describe('a page for people', () => {
  it.each([
    'text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
    'text/html, application/json;q=0.9',
    'TEXT/HTML; charset=utf-8, */*',
  ])('is preferred by %s', (accept) => {
    expect(prefersPage(accept)).toBe(true);
  });

  it.each([
    undefined,
    '*/*',
    'application/json',
    GRAPHQL,
    `${GRAPHQL}, application/json;q=0.9, text/html;q=0.1`,
    'application/json, text/html',
    'text/html;q=0, */*',
  ])('is not preferred by %s', (accept) => {
    expect(prefersPage(accept)).toBe(false);
  });
});
