import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Lets routes send files that were built with this server, packed where that was done. */
export async function addMadeFiles(fastify: FastifyInstance): Promise<void> {
  const root = FOLDERS.map(({ pathname }) => decodeURIComponent(pathname));
  await fastify.register(files, { root, serve: false, preCompressed: true });
}

/** The folders of the files that `npm run build` makes, beside the compiled sources. */
const FOLDERS = ['tracker', 'graphiql', 'dashboard'].map(
  (name) => new URL(`../../../${name}/`, import.meta.url),
);
