/** The rooms of docs/architecture.md as rules: the imports that each room may have, and why. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed] },
});

const PACKAGE = (name) => `node_modules/${name}`;

module.exports = {
  forbidden: [
    only(
      'domain-is-alone',
      '^src/domain/',
      [],
      'The theory depends on nothing: no package, no clock.',
    ),
    only(
      'ports-know-the-domain',
      '^src/ports/',
      ['^src/domain/'],
      'A port speaks of the domain only.',
    ),
    only(
      'projections-are-pure',
      '^projections/',
      ['^src/domain/', '^src/ports/projection\\.ts$'],
      'A fold is a function of events: no store, no framework.',
    ),
    {
      name: 'no-projection-needs-another',
      comment: 'Each read model is rebuilt on its own; only the list of them knows more than one.',
      severity: 'error',
      from: { path: '^projections/', pathNot: '^projections/index\\.ts$' },
      to: { path: '^projections/' },
    },
    only(
      'commands-decide',
      '^src/commands/',
      ['^src/domain/', '^src/ports/', PACKAGE('@nestjs/(common|cqrs)'), '^(node:)?timers'],
      'The write side reads no read model and knows no driver.',
    ),
    only(
      'queries-read',
      '^src/queries/',
      [
        '^src/domain/',
        '^src/ports/',
        '^projections/',
        PACKAGE('@nestjs/(common|cqrs)'),
        PACKAGE('temporal-polyfill/'),
        '^(node:)?(timers/promises|async_hooks)$',
      ],
      'The read side knows documents, not events, and no driver; Temporal knows the time zones.',
    ),
    only(
      'ranges-are-pure',
      '^src/queries/ranges/',
      ['^src/domain/', PACKAGE('temporal-polyfill/')],
      'The arithmetic of time ranges is a function of times: it reads no document and no clock.',
    ),
    {
      name: 'ranges-alone-know-temporal',
      comment: 'What Temporal means is put into the words of a range in one place.',
      severity: 'error',
      from: { path: '^(src|projections)/', pathNot: '^src/queries/ranges/' },
      to: { path: PACKAGE('temporal-polyfill/') },
    },
    {
      name: 'queries-never-see-the-log',
      comment: 'A query that needs an event is a projection that is missing.',
      severity: 'error',
      from: { path: '^src/queries/' },
      to: { path: '^src/domain/event(-codec)?\\.ts$' },
    },
    only(
      'projector-runs-any-fold',
      '^src/projector/',
      ['^src/domain/', '^src/ports/', '^(node:)?timers'],
      'Projections and stores are handed in.',
    ),
    only(
      'threads-open-no-store',
      '^src/threads/',
      [
        '^src/domain/',
        '^src/ports/',
        '^src/(projector|telemetry)/',
        '^projections/index\\.ts$',
        '^(node:)?(events|fs|os|path|worker_threads)$',
      ],
      'What a thread works on is handed in: the composition starts it.',
    ),
    only(
      'api-sends-messages',
      '^src/api/',
      [
        '^src/domain/',
        '^src/ports/',
        '^src/rollup/',
        '^src/telemetry/',
        '^src/(commands|queries)/.*\\.(command|query)\\.ts$',
        PACKAGE('(@nestjs|@fastify|bowser|csv-stringify|fastify|graphql|graphql-ws)/'),
        PACKAGE('(isbot|reflect-metadata|@svta|ws)/'),
        // This code hashes keys, unpacks bodies, streams answers and follows requests; it opens
        // no file and no socket.
        '^(node:)?(async_hooks|crypto|http|stream|timers/promises|util|zlib)$',
      ],
      'The edge talks to handlers through the buses only.',
    ),
    {
      name: 'api-decides-nothing',
      comment: 'Deciders belong to the command side.',
      severity: 'error',
      from: { path: '^src/api/' },
      to: { path: '^src/domain/(decider|playback-session|media)\\.ts$' },
    },
    {
      name: 'what-every-way-in-uses-knows-none',
      comment: 'Keys, limits, contexts and plain HTTP serve every way in: no arrow runs back.',
      severity: 'error',
      from: { path: '^src/api/(access|context|http|limits)/' },
      to: { path: '^src/api/', pathNot: '^src/api/(access|context|http|limits)/' },
    },
    only(
      'rollup-sends-messages',
      '^src/rollup/',
      [
        '^src/domain/',
        '^src/ports/(clock|event-store|lease)\\.ts$',
        '^src/(commands|queries)/.*\\.(command|query)\\.ts$',
        PACKAGE('(@nestjs|cron)/'),
      ],
      'What the schedule runs goes the way of every other request.',
    ),
    only(
      'telemetry-measures-ports',
      '^src/telemetry/',
      ['^src/domain/', '^src/ports/', PACKAGE('prom-client/')],
      'It stands around ports, so that what is measured knows nothing of it.',
    ),
    only(
      'migration-knows-two-ports',
      '^src/migration/',
      ['^src/domain/', '^src/ports/', '^(node:)?(timers|util)'],
      'A copy of a log is made through the port, whatever stores stand behind it.',
    ),
    only(
      'adapters-implement-ports',
      '^src/adapters/',
      [
        '^src/domain/',
        '^src/ports/',
        '^src/regular-file\\.ts$',
        '^src/threads/(called-thread|same-build|thread-priority|worker-call)\\.ts$',
        PACKAGE('(@?libsql|uuid|mmdb-lib|mongodb|@eventstore/db-client)/'),
        '^(node:)?[a-z_/]+$',
      ],
      'An adapter knows the port and its driver.',
    ),
    {
      name: 'no-adapter-needs-a-sibling',
      comment: 'Each can be left out; the opening of SQLite files is shared.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+/[^/]+)/' },
      to: { path: '^src/adapters/', pathNot: ['^src/adapters/$1/', '^src/adapters/sqlite/'] },
    },
    {
      name: 'ports-meet-adapters-in-one-place',
      comment: 'Everybody else takes a port; the command line works on files where no server does.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(composition/|cli/|adapters/|(main|serve)\\.ts$)' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'nobody-imports-the-composition',
      comment: 'It is the end of every path: only the starts of programs are above it.',
      severity: 'error',
      from: {
        path: '^(src|projections)/',
        pathNot: '^src/(composition/|cli/|server/|(main|serve)\\.ts$|app\\.module\\.ts$)',
      },
      to: { path: '^src/(composition/|cli/|(main|serve)\\.ts$|app\\.module\\.ts$)' },
    },
    {
      name: 'composition-knows-no-server',
      comment: 'What it puts together is handed to the application: no arrow runs back.',
      severity: 'error',
      from: { path: '^src/composition/' },
      to: { path: '^src/(api/|app\\.module\\.ts$)' },
    },
    {
      name: 'the-server-stands-above-all',
      comment: 'It starts, drains and stops; only what starts a program knows it.',
      severity: 'error',
      from: { path: '^(src|projections)/', pathNot: '^src/(server/|serve\\.ts$)' },
      to: { path: '^src/server/' },
    },
    {
      name: 'the-demo-is-a-client',
      comment:
        'Demo and examples know the server by its API alone; how its answers are shown, and how ' +
        'a program is called, the demo shares with the command line.',
      severity: 'error',
      from: { path: '^(demo|examples)/' },
      to: {
        path: '^(src|projections)/',
        pathNot: [
          '^src/cli/(figure-\\w+|format|report-queries|reports|server-url|usage)\\.ts$',
          '^src/failure-reason\\.ts$',
        ],
      },
    },
    only(
      'the-dashboard-is-a-client',
      '^dashboard/(?!(build|definitions)\\.js$)',
      [PACKAGE('(preact|@preact/signals|uplot|graphql-sse)/')],
      'It knows the server by its API alone: of the sources it has the generated types, no code.',
    ),
    {
      name: 'no-circular',
      comment: 'A cycle is two files that are one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports is dead, or a start of its own that is named here.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '^src/(main|serve)\\.ts$',
          '^bench/',
          '^scripts/',
          '^examples/recorder/.*\\.js$',
        ],
      },
      to: {},
    },
    {
      name: 'no-dev-dependencies',
      comment: 'What runs in production is installed in production.',
      severity: 'error',
      from: { path: '^(src|projections)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};
