/** The server. Any Node can read this file; which ones can read the rest, launch.cjs knows. */
void import(new URL('../../launch.cjs', import.meta.url).href).then(
  ({ default: launch }: { default: (load: () => Promise<unknown>) => void }) => {
    launch(() => import('./serve.js'));
  },
);
