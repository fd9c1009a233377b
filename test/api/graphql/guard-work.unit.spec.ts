import { Logger } from '@nestjs/common';
import { GraphQLError, validate, type DocumentNode } from 'graphql';
import { askedOperation } from '../../../src/api/graphql/asked-operation.js';
import { checkDocument, VALIDATION_ERRORS_MAX } from '../../../src/api/graphql/document-limits.js';
import { conflictIn } from '../../../src/api/graphql/field-merging.js';
import { meteredOperation } from '../../../src/api/graphql/metered-operation.js';
import { costOf } from '../../../src/api/graphql/query-cost.js';
import { parseDocument } from '../../../src/api/graphql/read-document.js';
import { validationRules } from '../../../src/api/graphql/validation-rules.js';
import { variableFaults } from '../../../src/api/graphql/variables.js';
import { readConfig } from '../../../src/config.js';
import { apiSchema } from '../../support/asked-operation.js';
import { countReads } from '../../support/counted-reads.js';
import { FAMILIES, type Family, type HeavyRequest } from '../../support/graphql-documents.js';
import { cpuMsOf } from '../../support/guarded-pipeline.js';

const { queryCostMax } = readConfig({});
const RULES = validationRules(true);
/** The requests of which the one that takes the least CPU counts: what runs beside it only adds. */
const CPU_ROUNDS = 3;
/** The least CPU that is compared: below it the clock's own error is too great a part. */
const COMPARED_MS_MIN = 10;
/** Linear work makes 2, quadratic work 4; `npm run bench:guards` aims at 2.5, on an idle one. */
const CPU_RATIO_MAX = 3.5;
/** How often a size and twice that size are compared, until the ratio is as it should be. */
const PAIRS_MAX = 4;

/** What looks at a document and its variables before they are executed, in its order. */
function look(document: DocumentNode, variables: Readonly<Record<string, unknown>>): void {
  checkDocument(document);
  const faults = validate(apiSchema, document, RULES, { maxErrors: VALIDATION_ERRORS_MAX });
  if (faults.length > 0) return;
  const asked = askedOperation(document, { variables });
  if (asked === undefined) return;
  meteredOperation(asked);
  const { cost, events, depth } = costOf(asked, apiSchema, 0);
  if (cost > queryCostMax || events > 10_000 || depth > 16) return;
  conflictIn(asked);
  variableFaults(apiSchema, asked.operation, asked.variables);
}

/** How often anything of a request is looked at until it is refused, or found good. */
function stepsOf({ query, variables = {} }: HeavyRequest): number {
  let reads = (): number => 0;
  try {
    const document = parseDocument(query);
    if (document instanceof GraphQLError) throw document;
    const request = countReads({ document, variables });
    ({ reads } = request);
    look(request.value.document, request.value.variables);
  } catch (error) {
    // The lexer stops at so many tokens, the parser where its stack ends.
    if ((error as { code?: string }).code !== 'QUERY_TOO_COMPLEX') throw error;
  }
  return reads();
}

async function leastCpuMsOf(request: HeavyRequest): Promise<number> {
  const counts: number[] = [];
  while (counts.length < CPU_ROUNDS) counts.push(await cpuMsOf(request));
  return Math.min(...counts);
}

const sizesOf = ({ sizeMax }: Family): readonly number[] => {
  const sizes: number[] = [];
  for (let size = Math.max(1, Math.floor(sizeMax / 16)); size <= sizeMax; size *= 2)
    sizes.push(size);
  return sizes;
};

describe('twice as large a request', () => {
  it.each(FAMILIES.map((family) => [family.name, family] as const))(
    'takes at most two and a half times as many steps: %s',
    (_, family) => {
      const sizes = sizesOf(family);
      const steps = sizes.map((size) => stepsOf(family.request(size)));
      const ratios = steps
        .slice(1)
        .map((count, index) => count / Math.max(steps[index] ?? 0, 1_000));
      expect(Math.max(...ratios)).toBeLessThanOrEqual(2.5);
    },
  );
});

describe('twice as large a request, where it is large', () => {
  beforeAll(() => {
    // Nest would log an error for each request, as nothing is resolved.
    Logger.overrideLogger(false);
  });

  it.each(FAMILIES.map((family) => [family.name, family] as const))(
    'takes little more than twice the CPU: %s',
    async (_, { sizeMax, request }) => {
      const ratios: number[] = [];
      // Whoever shares the machine may take from the one and not from the other.
      while (ratios.length < PAIRS_MAX && (ratios.at(-1) ?? Infinity) >= CPU_RATIO_MAX) {
        const half = await leastCpuMsOf(request(Math.floor(sizeMax / 2)));
        const whole = await leastCpuMsOf(request(sizeMax));
        ratios.push(whole / Math.max(half, COMPARED_MS_MIN));
      }
      expect(Math.min(...ratios)).toBeLessThan(CPU_RATIO_MAX);
    },
  );
});
