/** How often what is due is sent. */
const TICK_MS = 5;

/** Sends at a rate, whatever becomes of what was sent before, and waits for what is under way. */
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
