import { GRAPHQL_PATH } from '../graphql/graphql-route.js';

export const GRAPHIQL_PATH = '/graphiql';

/** What GraphiQL is made of, by the names that its packages give it. */
export const GRAPHIQL_FILES = [
  'graphiql.min.css',
  'react.production.min.js',
  'react-dom.production.min.js',
  'graphiql.min.js',
] as const;

const [CSS, ...SCRIPTS] = GRAPHIQL_FILES;

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
${SCRIPTS.map((name) => `<script src="${GRAPHIQL_PATH}/${name}"></script>`).join('\n')}
<script nonce="${nonce}">
  window.__webpack_nonce__ = document.currentScript.nonce;
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: '${GRAPHQL_PATH}' }),
      defaultQuery: ${JSON.stringify(FIRST_QUERY)},
      storage: sessionStorage,
      shouldPersistHeaders: true,
      showPersistHeadersSettings: false,
    }),
  );
</script>
</html>
`;
