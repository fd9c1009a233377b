/** The time between two looks at what is due, in milliseconds. */
const TICK_MS = 5;

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
