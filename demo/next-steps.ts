/** What a newcomer could try against the running server, ready to be copied into a shell. */
export function formatNextSteps(url: string, mediaId: string): string[] {
  return [
    'TRY NEXT',
    '  How did a title do?',
    ...curl(
      url,
      'query ($id: ID!) { streamingAnalytics(mediaId: $id) { totalViews completionRate } }',
      { id: mediaId },
    ),
    '',
    '  What is watched today?',
    ...curl(
      url,
      '{ popularStreams(first: 3, period: DAY) { edges { node { title viewCount } } } }',
    ),
    '',
    '  Report a view of your own; ask the first question again, and it is there:',
    ...curl(
      url,
      'mutation ($e: StreamingEventInput!) { recordStreamingEvent(input: $e) { position } }',
      { e: { mediaId, eventType: 'SESSION_START' } },
    ),
    '',
    '  Is everything well?',
    `    curl -s ${url}/health/ready`,
  ];
}

/** JSON over several lines, none of them wider than a terminal with titles' usual ids. */
function curl(url: string, query: string, variables?: object): string[] {
  const end = variables ? ',' : "}'";
  return [
    `    curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":`,
    `      ${JSON.stringify(query)}${end}`,
    ...(variables ? [`      "variables": ${JSON.stringify(variables)}}'`] : []),
  ];
}
