/** The server. Any Node can read this file; launch.cjs knows which versions can read the rest. */
void import(new URL('../../launch.cjs', import.meta.url).href).then(
  ({ default: launch }: { default: (load: () => Promise<unknown>) => void }) => {
    // What serve.ts and all that it loads were joined into.
    launch(() => import(new URL('../server/serve.js', import.meta.url).href));
  },
);
