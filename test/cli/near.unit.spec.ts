import { nearestOf } from '../../src/cli/near.js';

const KNOWN = [
  { mediaId: 'the-harbour', title: 'The Long Harbour' },
  { mediaId: 'thaw', title: 'Northern Line, S2 E1: Thaw' },
];

test.each([
  ['the-habour', 'the-harbour'],
  ['THE-HARBOUR', 'the-harbour'],
  ['the long harbour', 'the-harbour'],
  ['Northern Line S2 E1 Thaw', 'thaw'],
  ['northern-lin', 'thaw'],
  ['long_harbour', 'the-harbour'],
])('%p is near to %s', (typed, mediaId) => {
  expect(nearestOf(typed, KNOWN)?.mediaId).toBe(mediaId);
});

test.each(['', 'x', 'no-such-thing', 'frost'])('%p is near to nothing', (typed) => {
  expect(nearestOf(typed, KNOWN)).toBeUndefined();
});
