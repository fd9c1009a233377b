import { servingOf } from '../contracts/read-model-store.js';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { graphql } from 'graphql';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';
import { KEY_SEPARATOR } from '../../src/domain/document-key.js';
import type { Projection, ProjectionName } from '../../src/ports/projection.js';
import { specOf } from '../../src/ports/read-model/generation.js';
import { ReadModels } from '../../src/queries/read-models.js';
import { logOf } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { projectors } from '../support/projector-rig.js';
import { noNotes } from '../support/query-side.js';
import { SettableClock } from '../support/settable-clock.js';
import { at } from '../support/times.js';
import { changed, faultsIn, filesIn, ImportableFiles } from './code-files.js';
import { codeBlocks, quotedIn, read, tableRows } from './markdown.js';

const text = read('docs/projections.md');
const files = filesIn(text);
const PORT = 'src/ports/projection.ts';
const NAMES = /export const PROJECTION_NAMES = [^;]+;/;

/** The files as they are once the port has the new name: the document shows its type alone. */
const withPort = new Map([
  ...files,
  [PORT, changed(PORT, NAMES, NAMES.exec(files.get(PORT) ?? '')?.[0] ?? '')],
]);
const own = new Map([...files].filter(([path]) => path !== PORT));

interface StallsModule {
  readonly stalls: Projection;
}
interface ResolverModule {
  readonly StallsResolver: new (bus: object) => {
    stalledDays(first: number, context: object): Promise<readonly object[]>;
  };
}
interface HandlerModule {
  readonly StallsHandler: new (...parts: readonly unknown[]) => {
    execute(query: object): Promise<unknown>;
  };
}

/** What the document says comes out. */
interface Outcome {
  readonly documents: Readonly<Record<string, object>>;
  readonly indexes: Readonly<Record<string, object>>;
  readonly totals: object;
  readonly query: readonly object[];
  /** Over GraphQL. */
  readonly answer: object;
}

const stated = JSON.parse(
  codeBlocks(text).find(({ language }) => language === 'json')?.code ?? '{}',
) as Outcome;

/** The document's table of events. */
const events: readonly Recorded[] = tableRows(text, 'event').map(
  ([type = '', occurredAt = '', quality = '', durationMs = '']) =>
    stored(quotedIn(type)[0] as PlaybackEvent['type'], {
      occurredAt: at(occurredAt),
      quality: quality as PlaybackEvent['data']['quality'],
      ...(durationMs !== '' && { durationMs: Number(durationMs) }),
    }),
);

const shown = (key: string): string => key.replaceAll(KEY_SEPARATOR, ' / ');
const byShownKey = (documents: Readonly<Record<string, object>>) =>
  Object.fromEntries(Object.entries(documents).map(([key, body]) => [shown(key), body]));

/** The answer to the document's question, by the schema that its resolver declares. */
async function ask(
  resolver: ResolverModule['StallsResolver'],
  stalledDays: (asked: { readonly first: number }) => Promise<readonly object[]>,
): Promise<unknown> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, {
    logger: false,
  });
  const schema = await app.get(GraphQLSchemaFactory).create([resolver]);
  await app.close();
  const source = /`(\{ stalledDays.*\})` is then answered/.exec(text)?.[1] ?? '';
  const { data, errors } = await graphql({ schema, source, rootValue: { stalledDays } });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data));
}

const importable = new ImportableFiles(own);
// The document's own test is one of this file's.
await importable.import('test/projections/stalls.unit.spec.ts');
const { stalls } = (await importable.import('projections/stalls.ts')) as StallsModule;

afterAll(() => {
  importable.remove();
});

describe("docs/projections.md's example", () => {
  const newProjector = projectors();
  const name = 'stalls' as ProjectionName;

  it('compiles as strictly as the rest', () => {
    expect([...own.keys()]).toEqual([
      'projections/stalls.ts',
      'test/projections/stalls.unit.spec.ts',
      'src/queries/stalls.query.ts',
      'src/queries/stalls.handler.ts',
      'src/api/graphql/stalls.resolver.ts',
    ]);
    expect(faultsIn(withPort)).toEqual([]);
  });

  it('has to have its name in the port first, beside those that are there', () => {
    const names = (code: string): readonly string[] =>
      [...(NAMES.exec(code)?.[0] ?? '').matchAll(/'([\w-]+)'/g)].map(([, one = '']) => one);
    expect(names(withPort.get(PORT) ?? '')).toEqual([...names(read(PORT)), name]);
    const projection = new Map([...own].filter(([path]) => path === 'projections/stalls.ts'));
    const union = names(read(PORT)).map((one) => `"${one}"`);
    const fault = `'"stalls"' is not assignable to type '${union.join(' | ')}'`;
    expect(faultsIn(projection).join()).toContain(fault);
  });

  it('makes of its events what is stated', async () => {
    const store = new MemoryReadModelStore({ versions: { [name]: stalls.version } });
    const projections = await newProjector({
      log: await logOf(events),
      writer: store,
      projections: [stalls],
    });
    await projections.settled();
    const documents = await documentsOf(store, name);
    const indexes = Object.entries(documents).map(([key, document]) => [
      shown(key),
      stalls.indexValuesOf(document, key),
    ]);
    const serving = await servingOf(store, specOf(stalls, 'any'));
    expect(await projections.parked(name)).toEqual([]);

    const { StallsHandler } = (await importable.import(
      'src/queries/stalls.handler.ts',
    )) as HandlerModule;
    const readModels = new ReadModels(store, projections, noNotes);
    const settings = { egressPricePerGib: 0, retentionDays: undefined };
    const handler = new StallsHandler(readModels, new SettableClock(NOON), settings);
    const { StallsResolver } = (await importable.import(
      'src/api/graphql/stalls.resolver.ts',
    )) as ResolverModule;
    const resolver = new StallsResolver(handler);

    expect({
      documents: byShownKey(documents),
      indexes: Object.fromEntries(indexes) as object,
      totals: serving?.totals,
      query: await handler.execute({ first: 2 }),
      answer: await ask(StallsResolver, ({ first }) =>
        resolver.stalledDays(first, { readAfter: () => undefined }),
      ),
    }).toEqual(stated);
  });
});
