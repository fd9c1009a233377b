import { findMongod } from './mongod-binary.js';

/** Fetches the mongod that the tests run against, where the machine has none. */
const found = await findMongod();
process.stdout.write(
  found === undefined
    ? 'no mongod: tests that need one are skipped; MONGOMS_SYSTEM_BINARY may name one\n'
    : `mongod ${found.version} (${found.source}): ${found.path}\n`,
);
