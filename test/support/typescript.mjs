import { register } from 'node:module';

/** Lets the worker threads that tests start run from TypeScript; Jest compiles for itself only. */
register('./typescript-hooks.mjs', import.meta.url);
