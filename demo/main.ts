/** The demo. Any Node can read this file; launch.cjs checks which may read the rest. */
void import(new URL('../../launch.cjs', import.meta.url).href).then(
  ({ default: launch }: { default: (load: () => Promise<unknown>) => void }) => {
    launch(() => import('./run.js'));
  },
);
