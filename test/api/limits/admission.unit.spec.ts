import { setImmediate as turn } from 'node:timers/promises';
import { Admission, type Admitted } from '../../../src/api/limits/admission.js';
import { LagLimit } from '../../../src/api/limits/lag-limit.js';
import { RateLimiter } from '../../../src/api/limits/rate-limiter.js';
import { SettableClock } from '../../support/settable-clock.js';
import { withResolvers } from '../../support/server.js';

const admissionFor = (eventsMax: number, bytesMax: number, perSecond?: number): Admission =>
  new Admission(
    { eventsMax, bytesMax, arrivingBytesMax: 64 * 2 ** 20 },
    new RateLimiter(perSecond, 'events', new SettableClock(0)),
    new LagLimit(undefined, { projections: [] }),
  );

/** Takes a place and keeps it until it is told to leave. */
function occupy(admission: Admission, take: (place: Admitted) => void): () => Promise<void> {
  const { promise, resolve } = withResolvers<undefined>();
  const work = admission.within('a', (place) => {
    take(place);
    return promise;
  });
  return () => {
    resolve(undefined);
    return work;
  };
}

const overloaded = expect.objectContaining({
  code: 'OVERLOADED',
  details: { retryAfterSeconds: 1 },
}) as Error;

const rateLimited = expect.objectContaining({
  code: 'RATE_LIMITED',
  details: { retryAfterSeconds: 2 },
}) as Error;

describe('the waiting room', () => {
  it('refuses at once when as many events wait as may, and not before', async () => {
    const admission = admissionFor(10, 1_000);
    const leave = occupy(admission, (place) => {
      place.addEvents(9);
    });
    admission.check('b');
    const leaveToo = occupy(admission, (place) => {
      place.addEvents(1);
    });
    expect(() => {
      admission.check('b');
    }).toThrow(overloaded);
    let hasRun = false;
    const refused = admission.within('b', () => {
      hasRun = true;
      return Promise.resolve();
    });
    await expect(refused).rejects.toEqual(overloaded);
    expect(hasRun).toBe(false);
    await leave();
    admission.check('b');
    await leaveToo();
  });

  it('lets one request pass the mark, so that small ones cannot keep a large one out', async () => {
    const admission = admissionFor(10, 1_000);
    const leave = occupy(admission, (place) => {
      place.addEvents(9);
    });
    const leaveLarge = occupy(admission, (place) => {
      place.addEvents(10_000);
    });
    await expect(occupy(admission, () => undefined)()).rejects.toEqual(overloaded);
    await leaveLarge();
    await leave();
  });

  it('refuses bytes beyond those that it has room for', async () => {
    const admission = admissionFor(10, 1_000);
    const leave = occupy(admission, (place) => {
      place.addBytes(600);
      place.addBytes(400);
    });
    expect(() => {
      admission.check('b');
    }).toThrow(overloaded);
    await leave();
    const tooMuch = admission.within('b', (place) => {
      place.addBytes(1_001);
      return Promise.resolve();
    });
    await expect(tooMuch).rejects.toEqual(overloaded);
  });

  it('does not count what has not come in full, up to a bound of its own', async () => {
    const admission = admissionFor(10, 1_000);
    const leave = occupy(admission, (place) => {
      place.addArriving(64 * 2 ** 20);
    });
    admission.check('b');
    const arriveBeside = (): Promise<void> =>
      admission.within('b', (place) => {
        place.addArriving(1);
        return Promise.resolve();
      });
    await expect(arriveBeside()).rejects.toEqual(overloaded);
    await leave();
    await arriveBeside();
  });

  it('counts what has come in place of what was coming', async () => {
    const admission = admissionFor(10, 1_000);
    const leave = occupy(admission, (place) => {
      place.addArriving(64 * 2 ** 20);
      place.addBytes(1_000);
    });
    expect(() => {
      admission.check('b');
    }).toThrow(overloaded);
    await leave();
    const leaveAgain = occupy(admission, (place) => {
      place.addArriving(64 * 2 ** 20);
    });
    await leaveAgain();
  });

  it('unpacks one at a time, and none while it is full', async () => {
    const admission = admissionFor(10, 1_000);
    let atOnce = 0;
    const unpack = async (place: Admitted): Promise<void> => {
      await place.alone(async () => {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await turn();
        atOnce -= 1;
      });
    };
    await Promise.all([1, 2, 3].map(() => admission.within('a', unpack)));
    const leave = occupy(admission, (place) => {
      place.addBytes(999);
    });
    const filling = admission.within('a', async (place) => {
      const first = place.alone(() => Promise.resolve());
      place.addBytes(1);
      await first;
    });
    await expect(filling).rejects.toEqual(overloaded);
    await leave();
    await admission.within('a', unpack);
  });

  it('holds what was parsed as events, no longer as bytes', async () => {
    const admission = admissionFor(10, 1_000);
    const leave = occupy(admission, (place) => {
      place.addBytes(1_000);
      place.addEvents(1);
    });
    await admission.within('b', (place) => {
      place.addBytes(1_000);
      return Promise.resolve();
    });
    await leave();
  });

  it('counts the bytes of what waits for its turn', async () => {
    const admission = admissionFor(10, 1_000);
    const turn = admission.takeTurn(1_000);
    expect(() => {
      admission.check('b');
    }).toThrow(overloaded);
    await turn;
    admission.check('b');
  });

  it('refuses whose turn comes too late, and until then everybody else', async () => {
    const admission = admissionFor(10, 1_000);
    const turn = admission.takeTurn(1_000);
    const end = performance.now() + 2_050;
    while (performance.now() < end);
    expect(() => {
      admission.check('b');
    }).toThrow(overloaded);
    await expect(turn).rejects.toEqual(overloaded);
    admission.check('b');
    await admission.takeTurn(1_000);
  });

  it('has its room back after work that failed', async () => {
    const admission = admissionFor(1, 10);
    for (let i = 0; i < 3; i += 1) {
      const failing = admission.within('a', (place) => {
        place.addBytes(10);
        place.addEvents(5);
        return Promise.reject(new Error('failed'));
      });
      await expect(failing).rejects.toThrow('failed');
    }
    admission.check('a');
  });
});

test('a client over its rate is refused before anything is done', async () => {
  const admission = admissionFor(1_000, 1_000, 10);
  await admission.within('a', (place) => {
    place.addEvents(25);
    return Promise.resolve();
  });
  expect(() => {
    admission.check('a');
  }).toThrow(rateLimited);
  admission.check('b');
});
