import { GRAPHQL_PATH } from '../graphql/graphql-route.js';

export const GRAPHIQL_PATH = '/graphiql';

/** What GraphiQL is made of, as graphiql/build.js names it; the script loads its workers itself. */
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

/**
 * What the page may do: load this server's files, and ask this server. What stands in the page
 * itself, or is a style that GraphiQL adds, names the nonce.
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

/**
 * The page around GraphiQL. What that keeps, headers with their keys included, ends with the
 * browser's tab.
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
