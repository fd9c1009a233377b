/** Lists what a newcomer could try against the running server, ready to be copied into a shell. */
export function formatNextSteps(url: string, mediaId: string): readonly string[] {
  return [
    'TRY NEXT',
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
    '  Report a view of your own; ask the first question again, and it is there:',
    `    curl -s ${url}/events \\`,
    "      -H 'content-type: application/json' \\",
    `      -d '[{"mediaId":"${mediaId}","eventType":"SESSION_START"}]'`,
    '',
    '  Is everything well?',
    `    curl -s ${url}/health/ready`,
  ];
}
