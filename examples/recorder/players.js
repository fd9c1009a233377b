/**
 * The players of the recorder's pages, configured as docs/players.md says and no further. A page
 * says in its `setting` which one it has, what it plays, and who reports. Browser JavaScript.
 */
const setting = JSON.parse(document.querySelector('#setting').textContent);
const { kind, sources, titles, bufferSeconds, cmcd, viewer } = setting;
const media = document.querySelector('video, audio');
const ignore = () => {};
const failed = () => window.note('failed');

const makers = { hls: makeHls, dash: makeDash, shaka: makeShaka, file: makeFile };

/** The player: `load` takes the number of a title, and whether it is to be played at once. */
window.player = await makers[kind]();
window.player.begin = (index, isPlayed = true) => {
  window.note(isPlayed ? 'request' : 'load');
  media.setAttribute('data-playhead-media', titles[index]);
  window.player.load(sources[index], titles[index], isPlayed);
};
// All that a page does for the tracker, besides the line that loads it.
window.playhead?.observe(media, { ...window.player.observed, viewer });
window.player.begin(0, setting.isPlayedAtOnce);

function reportsTo(title) {
  const { url, events, interval, batchSize } = cmcd;
  const target = { url, events, interval, ...(batchSize && { batchSize }) };
  return { version: 2, contentId: title, eventTargets: [target] };
}

async function makeHls() {
  const { default: Hls } = await import('/hls.mjs');
  const hls = new Hls({
    ...{ maxBufferLength: bufferSeconds, maxMaxBufferLength: bufferSeconds, ...setting.hls },
    ...(cmcd && { cmcd: { ...reportsTo(titles[0]), includeKeys: [] } }),
  });
  hls.on(Hls.Events.ERROR, (_, { fatal }) => fatal && failed());
  const load = (source, title, isPlayed) => {
    if (cmcd) hls.config.cmcd.contentId = title;
    hls.loadSource(source);
    if (hls.media === null) hls.attachMedia(media);
    if (isPlayed) media.play().catch(ignore);
  };
  return { load, observed: { hls } };
}

async function makeDash() {
  const { MediaPlayer } = await import('/dash.mjs');
  const player = MediaPlayer().create();
  let isThere = false;
  player.on('error', failed);
  const load = (source, title, isPlayed) => {
    const buffer = { bufferTimeDefault: bufferSeconds, initialBufferLevel: NaN };
    const long = { bufferTimeAtTopQuality: bufferSeconds };
    const longForm = { bufferTimeAtTopQualityLongForm: bufferSeconds };
    const { enabledKeys } = setting;
    const targets = (all) => all.map((one) => ({ ...one, enabled: true, enabledKeys }));
    player.updateSettings({
      debug: { logLevel: 0 },
      streaming: {
        buffer: { ...buffer, ...long, ...longForm },
        ...(cmcd && {
          cmcd: {
            ...{ enabled: true, version: 2, cid: title, enabledKeys: [] },
            eventTargets: targets(reportsTo(title).eventTargets),
          },
        }),
      },
    });
    if (isThere) {
      player.setAutoPlay(isPlayed);
      player.attachSource(source);
    } else player.initialize(media, source, isPlayed);
    isThere = true;
  };
  return { load, observed: { dash: player } };
}

async function makeShaka() {
  const { shaka } = window;
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(media);
  player.configure({ streaming: { bufferingGoal: bufferSeconds } });
  if (cmcd) player.configure({ cmcd: { enabled: true, ...reportsTo(titles[0]) } });
  player.addEventListener('error', ({ detail }) => detail?.severity === 2 && failed());
  const load = async (source, title, isPlayed) => {
    if (cmcd) player.configure('cmcd.contentId', title);
    // It refuses to load what cannot be played.
    const isLoaded = await player.load(source).then(() => true, failed);
    if (isLoaded && isPlayed) media.play().catch(ignore);
  };
  return { load, observed: { shaka: player } };
}

function makeFile() {
  const load = (source, _, isPlayed) => {
    media.src = source;
    if (isPlayed) media.play().catch(ignore);
  };
  return { load, observed: {} };
}
