/**
 * Notes what the media element of a page does, whoever else listens: its events, and twenty looks a
 * second. It knows nothing of the tracker and of players. Plain browser JavaScript.
 */
const EVENTS = [
  ...['loadstart', 'loadedmetadata', 'play', 'playing', 'waiting', 'seeking', 'seeked'],
  ...['pause', 'ended', 'emptied', 'ratechange', 'error'],
];
const LOOK_MS = 50;

window.notes = [];
window.note = (name) => {
  const media = document.querySelector('video, audio');
  const { currentTime = 0, paused = true, seeking = false, ended = false } = media ?? {};
  const { playbackRate: rate = 1, autoplay = false, loop = false, duration = 0 } = media ?? {};
  const at = performance.timeOrigin + performance.now();
  const state = { paused, seeking, ended, rate, autoplay, loop, duration };
  window.notes.push({ name, at, position: currentTime, ...state });
};
for (const name of EVENTS) addEventListener(name, () => window.note(name), true);
setInterval(() => window.note('look'), LOOK_MS);

// The last word of a page that goes: what was noted since somebody took the notes.
let taken = 0;
window.takeNotes = () => {
  const notes = window.notes.slice(taken);
  taken = window.notes.length;
  return notes;
};
addEventListener('pagehide', () => {
  window.note('gone');
  navigator.sendBeacon(new URL('last', location.href), JSON.stringify(window.takeNotes()));
});
