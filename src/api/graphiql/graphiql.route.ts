import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { GRAPHQL_PATH } from '../graphql/graphql-route.js';
import { prefersPage } from '../graphql/media-type.js';
import { GRAPHIQL_FILES, GRAPHIQL_PATH, graphiqlPage, graphiqlPolicy } from './graphiql-page.js';

/**
 * Adds `GET /graphiql`: an IDE for GraphQL, from files that are built with this server. It is open
 * to everyone, as it holds no data. Its requests need a key like all others.
 */
export function addGraphiql(fastify: FastifyInstance): void {
  fastify.get(GRAPHIQL_PATH, (_request, reply) => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', graphiqlPolicy(nonce))
      .send(graphiqlPage(nonce));
  });
  for (const name of GRAPHIQL_FILES) {
    fastify.get(`${GRAPHIQL_PATH}/${name}`, (_request, reply) => reply.sendFile(name));
  }
}

const NONCE_BYTES = 16;

const WITHOUT_GRAPHIQL = `This is the GraphQL API of Playhead, for programs. Send it a POST of JSON:

  {"query": "{ popularStreams(first: 5) { totalCount } }"}

with the headers content-type: application/json and, where keys are set,
authorization: Bearer KEY. The schema is schema.gql in the repository. With the setting
INTROSPECTION=on the server tells it too, and has an IDE for it here.
`;

/** Answers a page to people who open the GraphQL path in a browser; programs ask for no page. */
export function addGraphqlPage(fastify: FastifyInstance, hasGraphiql: boolean): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isOpened = request.method === 'GET' && request.url === GRAPHQL_PATH;
    if (!isOpened || !prefersPage(request.headers.accept)) done();
    else if (hasGraphiql) void reply.redirect(GRAPHIQL_PATH);
    else void reply.type('text/plain; charset=utf-8').send(WITHOUT_GRAPHIQL);
  });
}
