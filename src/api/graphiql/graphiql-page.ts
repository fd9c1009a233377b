import { GRAPHQL_PATH } from '../graphql/graphql-route.js';

/**
 * Makes the page around GraphiQL. It keeps its state, headers with their keys included, only as
 * long as the browser's tab is open.
 */
export const graphiqlPage = (nonce: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Playhead GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${GRAPHIQL_PATH}/${CSS}">
<style nonce="${nonce}">
  body { margin: 0; }
  #graphiql { height: 100vh; }
</style>
<div id="graphiql"></div>
<script src="${GRAPHIQL_PATH}/${SCRIPT}"></script>
<script nonce="${nonce}">
  GraphiQL.show(document.getElementById('graphiql'), {
    url: '${GRAPHQL_PATH}',
    nonce: document.currentScript.nonce,
    defaultQuery: ${JSON.stringify(FIRST_QUERY)},
    storage: sessionStorage,
    shouldPersistHeaders: true,
    showPersistHeadersSettings: false,
  });
</script>
</html>
`;

/**
 * Lets the page load this server's files, and ask this server. Scripts in the page itself, and
 * styles that GraphiQL adds, name the nonce.
 */
export const graphiqlPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export const GRAPHIQL_PATH = '/graphiql';
/** The files of GraphiQL, as graphiql/build.js names them; the script loads its workers itself. */
export const GRAPHIQL_FILES = [
  'graphiql.min.css',
  'graphiql.min.js',
  'editor.worker.js',
  'graphql.worker.js',
  'json.worker.js',
] as const;
const [CSS, SCRIPT] = GRAPHIQL_FILES;
const FIRST_QUERY = `# Ctrl-Enter asks.
#
# A server with keys wants one. Write
#   { "authorization": "Bearer KEY" }
# under Headers, below, then fetch the
# schema again: the button with the two
# arrows, at the lower left.

{
  popularStreams(first: 5, period: WEEK) {
    totalCount
    edges {
      node {
        mediaId
        title
        viewCount
        popularity
      }
    }
  }
}
`;
