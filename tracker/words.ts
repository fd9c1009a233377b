/** What the console says where something is wrong, in words that lead to the cure. */
export const words: Readonly<Record<string, string>> = {
  title: 'no data-playhead-media: what stands for it is ',
  lost: 'too many events wait, and one is lost',
  large: 'an event was too large, and is lost',
  refused: 'an event was refused: ',
  waits: 'events wait, as the server answers ',
  key: 'events wait: is data-key an INGEST_KEY? The server answers ',
  blocked: 'the server is out of reach or blocked (connect-src, CORS, an extension)',
  observe: 'observe was not given an element and a player: ',
  cmcd: 'a player reports by CMCD, and is left to that',
  module: 'the script does not know where it comes from: load it without type="module"',
  name: 'the name window.playhead is taken, so that the page cannot call observe',
};
