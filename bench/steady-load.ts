/** The time between two looks at what is due, in milliseconds. */
const TICK_MS = 5;

/** Records events in one request; fails unless all are taken. */
export async function record(
  { url }: { readonly url: string },
  events: readonly object[],
): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(events);
  const answer = await fetch(`${url}/events`, { method: 'POST', headers, body });
  if (answer.status !== 202) throw new Error(await answer.text());
  await answer.arrayBuffer();
}

/** Sends at a steady rate, whatever becomes of earlier sends; waits for those under way. */
export async function atRate(
  perSecond: number,
  isOver: () => boolean,
  send: () => Promise<void>,
): Promise<void> {
  const start = Date.now();
  const sent: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (isOver()) {
        clearInterval(timer);
        resolve();
        return;
      }
      const due = ((Date.now() - start) * perSecond) / 1_000;
      while (sent.length < due) sent.push(send());
    }, TICK_MS);
  });
  await Promise.all(sent);
}
