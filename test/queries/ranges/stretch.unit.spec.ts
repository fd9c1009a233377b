import { badInput } from '../../../src/domain/errors.js';
import { byMinutes, byQuarterHours } from '../../../src/queries/ranges/stretch.js';
import { at } from '../../support/zoned-times.js';

describe('a range', () => {
  const range = { from: at('2024-05-01T10:14:59.999Z'), to: at('2024-05-01T10:30:00.001Z') };

  it('is widened to the quarter hours that hold it', () => {
    expect(byQuarterHours(range)).toEqual({
      from: at('2024-05-01T10:00Z'),
      to: at('2024-05-01T10:45Z'),
    });
  });

  it('is widened to the minutes that hold it', () => {
    expect(byMinutes(range)).toEqual({
      from: at('2024-05-01T10:14Z'),
      to: at('2024-05-01T10:31Z'),
    });
  });

  it('that is whole stays as it is', () => {
    const whole = { from: at('2024-05-01T10:15Z'), to: at('2024-05-01T10:30Z') };
    expect([byQuarterHours(whole), byMinutes(whole)]).toEqual([whole, whole]);
  });

  it.each([byQuarterHours, byMinutes])('that is empty or upside down is refused: %p', (widen) => {
    const refused = badInput('range', 'from must lie before to');
    expect(() => widen({ from: range.to, to: range.from })).toThrow(refused);
    expect(() => widen({ from: range.to, to: range.to })).toThrow(refused);
  });

  it('goes by minutes for a day of 25 hours, however it lies, and not a moment longer', () => {
    const { from } = range;
    const to = from + 25 * 3_600_000;
    expect(byMinutes({ from, to })).toEqual({
      from: at('2024-05-01T10:14Z'),
      to: at('2024-05-02T11:15Z'),
    });
    expect(() => byMinutes({ from, to: to + 1 })).toThrow(
      badInput('interval', 'MINUTE is for ranges up to 25 hours'),
    );
    expect(byQuarterHours({ from, to: to + 1 }).to).toBe(at('2024-05-02T11:15Z'));
  });
});
