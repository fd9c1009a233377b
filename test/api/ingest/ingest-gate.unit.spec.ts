import { setImmediate as turn } from 'node:timers/promises';
import { IngestGate, type Place } from '../../../src/api/ingest/ingest-gate.js';
import { LagLimit } from '../../../src/api/ingest/lag-limit.js';
import { RateLimiter } from '../../../src/api/ingest/rate-limiter.js';
import { SettableClock } from '../../support/settable-clock.js';
import { withResolvers } from '../../support/server.js';

const gateFor = (eventsMax: number, bytesMax: number, perSecond?: number): IngestGate =>
  new IngestGate(
    { eventsMax, bytesMax, arrivingBytesMax: 64 * 2 ** 20 },
    new RateLimiter(perSecond, 'events', new SettableClock(0)),
    new LagLimit(undefined, { projections: [] }),
  );

/** Takes a place and keeps it until it is told to leave. */
function occupy(gate: IngestGate, take: (place: Place) => void): () => Promise<void> {
  const { promise, resolve } = withResolvers<undefined>();
  const work = gate.within('a', (place) => {
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
    const gate = gateFor(10, 1_000);
    const leave = occupy(gate, (place) => {
      place.addEvents(9);
    });
    gate.check('b');
    const leaveToo = occupy(gate, (place) => {
      place.addEvents(1);
    });
    expect(() => {
      gate.check('b');
    }).toThrow(overloaded);
    let hasRun = false;
    const refused = gate.within('b', () => {
      hasRun = true;
      return Promise.resolve();
    });
    await expect(refused).rejects.toEqual(overloaded);
    expect(hasRun).toBe(false);
    await leave();
    gate.check('b');
    await leaveToo();
  });

  it('lets one request pass the mark, so that small ones cannot keep a large one out', async () => {
    const gate = gateFor(10, 1_000);
    const leave = occupy(gate, (place) => {
      place.addEvents(9);
    });
    const leaveLarge = occupy(gate, (place) => {
      place.addEvents(10_000);
    });
    await expect(occupy(gate, () => undefined)()).rejects.toEqual(overloaded);
    await leaveLarge();
    await leave();
  });

  it('refuses bytes beyond those that it has room for', async () => {
    const gate = gateFor(10, 1_000);
    const leave = occupy(gate, (place) => {
      place.addBytes(600);
      place.addBytes(400);
    });
    expect(() => {
      gate.check('b');
    }).toThrow(overloaded);
    await leave();
    const tooMuch = gate.within('b', (place) => {
      place.addBytes(1_001);
      return Promise.resolve();
    });
    await expect(tooMuch).rejects.toEqual(overloaded);
  });

  it('does not count what has not come in full, up to a bound of its own', async () => {
    const gate = gateFor(10, 1_000);
    const leave = occupy(gate, (place) => {
      place.addArriving(64 * 2 ** 20);
    });
    gate.check('b');
    const arriveBeside = (): Promise<void> =>
      gate.within('b', (place) => {
        place.addArriving(1);
        return Promise.resolve();
      });
    await expect(arriveBeside()).rejects.toEqual(overloaded);
    await leave();
    await arriveBeside();
  });

  it('counts what has come in place of what was coming', async () => {
    const gate = gateFor(10, 1_000);
    const leave = occupy(gate, (place) => {
      place.addArriving(64 * 2 ** 20);
      place.addBytes(1_000);
    });
    expect(() => {
      gate.check('b');
    }).toThrow(overloaded);
    await leave();
    const leaveAgain = occupy(gate, (place) => {
      place.addArriving(64 * 2 ** 20);
    });
    await leaveAgain();
  });

  it('unpacks one at a time, and none while it is full', async () => {
    const gate = gateFor(10, 1_000);
    let atOnce = 0;
    const unpack = async (place: Place): Promise<void> => {
      await place.alone(async () => {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await turn();
        atOnce -= 1;
      });
    };
    await Promise.all([1, 2, 3].map(() => gate.within('a', unpack)));
    const leave = occupy(gate, (place) => {
      place.addBytes(999);
    });
    const filling = gate.within('a', async (place) => {
      const first = place.alone(() => Promise.resolve());
      place.addBytes(1);
      await first;
    });
    await expect(filling).rejects.toEqual(overloaded);
    await leave();
    await gate.within('a', unpack);
  });

  it('holds what was parsed as events, no longer as bytes', async () => {
    const gate = gateFor(10, 1_000);
    const leave = occupy(gate, (place) => {
      place.addBytes(1_000);
      place.addEvents(1);
    });
    await gate.within('b', (place) => {
      place.addBytes(1_000);
      return Promise.resolve();
    });
    await leave();
  });

  it('counts the bytes of what waits for its turn', async () => {
    const gate = gateFor(10, 1_000);
    const turn = gate.takeTurn(1_000);
    expect(() => {
      gate.check('b');
    }).toThrow(overloaded);
    await turn;
    gate.check('b');
  });

  it('refuses whose turn comes too late, and until then everybody else', async () => {
    const gate = gateFor(10, 1_000);
    const turn = gate.takeTurn(1_000);
    const end = performance.now() + 2_050;
    while (performance.now() < end);
    expect(() => {
      gate.check('b');
    }).toThrow(overloaded);
    await expect(turn).rejects.toEqual(overloaded);
    gate.check('b');
    await gate.takeTurn(1_000);
  });

  it('has its room back after work that failed', async () => {
    const gate = gateFor(1, 10);
    for (let i = 0; i < 3; i += 1) {
      const failing = gate.within('a', (place) => {
        place.addBytes(10);
        place.addEvents(5);
        return Promise.reject(new Error('failed'));
      });
      await expect(failing).rejects.toThrow('failed');
    }
    gate.check('a');
  });
});

test('a client over its rate is refused before anything is done', async () => {
  const gate = gateFor(1_000, 1_000, 10);
  await gate.within('a', (place) => {
    place.addEvents(25);
    return Promise.resolve();
  });
  expect(() => {
    gate.check('a');
  }).toThrow(rateLimited);
  gate.check('b');
});
