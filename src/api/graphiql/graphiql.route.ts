import { randomBytes } from 'node:crypto';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { GRAPHIQL_FILES, GRAPHIQL_PATH, graphiqlPage, graphiqlPolicy } from './graphiql-page.js';

const NONCE_BYTES = 16;

/**
 * `GET /graphiql`: an IDE for GraphQL, out of files that are installed with this server. It is open
 * to everyone, as it knows nothing; what it asks needs a key like any other request.
 */
export async function addGraphiql(fastify: FastifyInstance): Promise<void> {
  await fastify.register(files, { root: foldersOfFiles(), serve: false });
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

/** Where the packages have what browsers run as it is; GraphiQL 5 and React 19 have none of it. */
const foldersOfFiles = (): URL[] => [
  new URL('.', import.meta.resolve('graphiql/package.json')),
  new URL('umd/', import.meta.resolve('react/package.json')),
  new URL('umd/', import.meta.resolve('react-dom/package.json')),
];
