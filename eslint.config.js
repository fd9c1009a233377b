import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  // The last one is written by a script, from schema.gql.
  { ignores: ['dist', 'coverage', '.cache', 'data', 'dashboard/api/schema.ts'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // GraphQL's models are classes for their decorators; answers are objects of their shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Callers that read documents name the documents' type.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Nest's modules are classes with nothing but a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
    },
  },
  {
    // Nest calls these constructors, and injects all of their parameters.
    files: ['src/**/*.{resolver,service,handler,controller}.ts', 'src/api/readiness-indicators.ts'],
    rules: { '@typescript-eslint/max-params': ['error', { max: 6 }] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
    },
  },
  prettier,
  // Prettier keeps the width of code. This rule is for comments and texts, which Prettier does not
  // break, and neither does it break the line that names a test.
  {
    rules: {
      'max-len': [
        'error',
        { code: 100, ignoreUrls: true, ignorePattern: '^(import|export) |^\\s*(test|it)\\(' },
      ],
    },
  },
);
