import { RateLimiter } from '../../../src/api/limits/rate-limiter.js';
import { PlayheadError } from '../../../src/domain/errors.js';
import { SettableClock } from '../../support/settable-clock.js';

const START = 1_000_000;

function limiter(perSecond: number | undefined): { rate: RateLimiter; clock: SettableClock } {
  const clock = new SettableClock(START);
  return { rate: new RateLimiter(perSecond, 'events', clock), clock };
}

/** The seconds that a refusal names, or 0 if there is none. */
function retryAfter(attempt: () => void): unknown {
  try {
    attempt();
    return 0;
  } catch (error) {
    if (!(error instanceof PlayheadError) || error.code !== 'RATE_LIMITED') throw error;
    return error.details.retryAfterSeconds;
  }
}

describe('a rate', () => {
  it('lets through a second’s worth at once, then nothing until some has come back', () => {
    const { rate, clock } = limiter(10);
    for (let i = 0; i < 10; i += 1) rate.charge('a', 1);
    expect(
      retryAfter(() => {
        rate.charge('a', 1);
      }),
    ).toBe(1);
    expect(
      retryAfter(() => {
        rate.check('a');
      }),
    ).toBe(1);
    clock.advance(100);
    rate.charge('a', 1);
    expect(
      retryAfter(() => {
        rate.charge('a', 1);
      }),
    ).toBe(1);
  });

  it('lets a request through that is larger than a second’s worth, which is then paid off', () => {
    const { rate, clock } = limiter(10);
    rate.charge('a', 45);
    // 35 too many: paid off after 3.5 s, and only then is something left.
    expect(
      retryAfter(() => {
        rate.check('a');
      }),
    ).toBe(4);
    clock.advance(3_499);
    expect(
      retryAfter(() => {
        rate.check('a');
      }),
    ).toBe(1);
    clock.advance(2);
    expect(
      retryAfter(() => {
        rate.check('a');
      }),
    ).toBe(0);
  });

  it('says truly when to come again', () => {
    const { rate, clock } = limiter(3);
    rate.charge('a', 100);
    const seconds = retryAfter(() => {
      rate.check('a');
    });
    clock.advance(Number(seconds) * 1_000);
    expect(
      retryAfter(() => {
        rate.charge('a', 1);
      }),
    ).toBe(0);
  });

  it('is counted for each client by itself', () => {
    const { rate } = limiter(1);
    rate.charge('a', 1);
    expect(
      retryAfter(() => {
        rate.check('a');
      }),
    ).toBe(1);
    expect(
      retryAfter(() => {
        rate.check('b');
      }),
    ).toBe(0);
  });

  it('does not save up more than a second’s worth', () => {
    const { rate, clock } = limiter(5);
    rate.charge('a', 1);
    clock.advance(3_600_000);
    for (let i = 0; i < 5; i += 1) rate.charge('a', 1);
    expect(
      retryAfter(() => {
        rate.charge('a', 1);
      }),
    ).toBe(1);
  });

  it('gives nothing for a clock that goes back', () => {
    const { rate, clock } = limiter(5);
    rate.charge('a', 5);
    clock.advance(-10_000);
    expect(
      retryAfter(() => {
        rate.check('a');
      }),
    ).toBe(1);
  });

  it('forgets who has been quiet for longest when it has too many to remember', () => {
    const { rate } = limiter(1);
    rate.charge('first', 1);
    rate.charge('second', 1);
    rate.charge('first again', 1);
    for (let i = 0; i < 9_998; i += 1) rate.charge(`other ${String(i)}`, 1);
    expect(
      retryAfter(() => {
        rate.check('first');
      }),
    ).toBe(0);
    expect(
      retryAfter(() => {
        rate.check('second');
      }),
    ).toBe(1);
  });

  it('that is not set limits nothing', () => {
    const { rate } = limiter(undefined);
    rate.charge('a', 1e12);
    expect(
      retryAfter(() => {
        rate.charge('a', 1e12);
      }),
    ).toBe(0);
  });
});
