import { parse } from 'graphql';
import { operationOf } from '../../../src/api/graphql/metered-operation.js';

const of = (document: string, name?: string) => operationOf(parse(document), name);

describe('what a GraphQL request counts as', () => {
  it('is the field of the root, by its name in the schema', () => {
    const popularStreams = { operation: 'query', field: 'popularStreams' };
    expect(of('{ mine: popularStreams { a } }')).toEqual(popularStreams);
    expect(of('{ a: popularStreams { a } b: popularStreams { a } __typename }')).toEqual(
      popularStreams,
    );
    expect(of('{ ...F } fragment F on Query { ... { popularStreams { a } } }')).toEqual(
      popularStreams,
    );
    expect(of('mutation { registerMedia { id } }')).toEqual({
      operation: 'mutation',
      field: 'registerMedia',
    });
  });

  it('is one word for several fields, and one for what is asked about the schema', () => {
    expect(of('{ projections { name } bandwidthUsage { cost } }')?.field).toBe('several');
    expect(of('{ __schema { types { name } } }')?.field).toBe('introspection');
  });

  it('is that of the operation that is named, and nothing if none is meant', () => {
    const document = 'query A { projections { name } } query B { bandwidthUsage { cost } }';
    expect(of(document, 'B')?.field).toBe('bandwidthUsage');
    expect(of(document)).toBeUndefined();
    expect(of(document, 'C')).toBeUndefined();
  });
});
