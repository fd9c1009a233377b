import { checkDetails, type DetailFields } from '../../src/api/report-details.js';

const start = (fields: DetailFields) => checkDetails({ eventType: 'SESSION_START', ...fields });

describe('what a player says beyond its event', () => {
  it('is absent where it is null or not there', () => {
    const nothing = { mediaDuration: null, startupTime: null, errorCode: null, context: null };
    expect(start({ ...nothing, playedFrom: null, playedTo: null })).toEqual({});
    expect(start({ context: {} })).toEqual({});
  });

  it('is kept in milliseconds', () => {
    const fields = { mediaDuration: 61.5, startupTime: 0.3214, playedFrom: 0, playedTo: 9.9996 };
    expect(start(fields)).toEqual({
      mediaDurationMs: 61_500,
      startupMs: 321,
      playedFromMs: 0,
      playedToMs: 10_000,
    });
  });

  it('may be a place in a live stream that counts from 1970', () => {
    expect(start({ playedFrom: 1_760_000_000, playedTo: 1_760_000_010.5 })).toEqual({
      playedFromMs: 1_760_000_000_000,
      playedToMs: 1_760_000_010_500,
    });
  });

  it('may be a stretch without a length', () => {
    expect(start({ playedFrom: 5, playedTo: 5 })).toEqual({
      playedFromMs: 5_000,
      playedToMs: 5_000,
    });
  });

  it.each<[DetailFields, string]>([
    [{ mediaDuration: 0 }, 'mediaDuration'],
    [{ mediaDuration: -1 }, 'mediaDuration'],
    [{ mediaDuration: 31 * 86_400 + 1 }, 'mediaDuration'],
    [{ startupTime: -0.1 }, 'startupTime'],
    [{ startupTime: 600.1 }, 'startupTime'],
    [{ playedFrom: 1 }, 'playedTo'],
    [{ playedTo: 1 }, 'playedFrom'],
    [{ playedFrom: 2, playedTo: 1 }, 'playedTo'],
    [{ playedFrom: -1, playedTo: 1 }, 'playedFrom'],
    [{ playedFrom: 0, playedTo: 10_000_000_001 }, 'playedTo'],
  ])('is refused as %j, by the name of its field', (fields, field) => {
    expect(() => start(fields)).toThrow(new RegExp(`^${field}:? `));
  });

  it('has a time to the first frame in a start only', () => {
    expect(() => checkDetails({ eventType: 'HEARTBEAT', startupTime: 1 })).toThrow(/startupTime/);
  });

  it.each([
    ['PLAYBACK_ERROR', undefined],
    ['SESSION_END', 'FAILED'],
  ])('has an error code in a %s (%s)', (eventType, endReason) => {
    const fields = { eventType, endReason, errorCode: ' MEDIA_ERR_DECODE ' };
    expect(checkDetails(fields)).toEqual({ errorCode: 'MEDIA_ERR_DECODE' });
  });

  it.each([
    ['HEARTBEAT', undefined],
    ['SESSION_END', undefined],
    ['SESSION_END', 'QUIT'],
  ])('has no error code in a %s (%s)', (eventType, endReason) => {
    const fields = { eventType, endReason, errorCode: 'E1' };
    expect(() => checkDetails(fields)).toThrow(/errorCode/);
  });

  it.each(['', ' ', 'x'.repeat(65), 'a\u0000'])('has no error code %j', (errorCode) => {
    expect(() => checkDetails({ eventType: 'PLAYBACK_ERROR', errorCode })).toThrow(/errorCode/);
  });
});
