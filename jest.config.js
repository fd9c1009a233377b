/** @type {import('jest').Config} */
export default {
  testEnvironment: './test/support/test-environment.mjs',
  // Only ends tests that hang: tests that start servers share two cores with everything else.
  testTimeout: 600_000,
  // Suites that start servers wait for a third of their time. With more workers than this,
  // stand-ins for databases do not answer within the time limits of their clients.
  maxWorkers: 3,
  // The modules of suites that are done stay in memory, and a full one slows the last suites down.
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/test/support/run-reporter.mjs'],
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
