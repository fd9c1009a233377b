/**
 * Lists what a newcomer could try against the running server, ready to be copied into a shell. The
 * range is that of the figures told above.
 */
export function formatNextSteps(
  url: string,
  mediaId: string,
  range: { readonly from: string; readonly to: string },
): readonly string[] {
  const minutes = [range.from, range.to].map((time) => `${time.slice(0, 16)}Z`);
  return [
    'TRY NEXT',
    '  Look at all of it in a browser:',
    `    ${url}/`,
    '  Its 7 days begin at midnight; those of the figures above are',
    `    ${url}/?r=${minutes.join('..')}`,
    '',
    '  How did a title do?',
    `    npm run cli -- report ${mediaId} --url ${url}`,
    '',
    '  The same as a program asks it:',
    `    curl -sG ${url}/graphql --data-urlencode 'query={`,
    `      streamingAnalytics(mediaId: "${mediaId}") {`,
    "        totalViews completionRate } }'",
    '',
    '  What is watched today?',
    `    curl -sG ${url}/graphql --data-urlencode 'query={`,
    '      popularStreams(first: 3, period: DAY) {',
    "        edges { node { title viewCount } } } }'",
    '',
    '  Who watches now, and how did phones do in Germany?',
    `    npm run cli -- watch --url ${url}`,
    '    npm run cli -- report --filter country=DE --filter device=PHONE \\',
    `      --url ${url}`,
    '',
    '  Report a view of your own; ask the first question again, and it is there:',
    `    curl -s ${url}/events \\`,
    "      -H 'content-type: application/json' \\",
    `      -d '[{"mediaId":"${mediaId}","eventType":"SESSION_START"}]'`,
    '',
    '  Is everything well?',
    `    curl -s ${url}/health/ready`,
  ];
}
