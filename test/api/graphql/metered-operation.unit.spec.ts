import { meteredOperation } from '../../../src/api/graphql/metered-operation.js';
import { askedOperation } from '../../support/asked-operation.js';
import { doublingFragments } from '../../support/graphql-documents.js';

const of = (document: string, name?: string) =>
  meteredOperation(askedOperation(document, {}, name));

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
    expect(of('{ projections { name } bandwidthUsage { cost } }').field).toBe('several');
    expect(of('{ __schema { types { name } } }').field).toBe('introspection');
  });

  it('is that of the operation that is named', () => {
    const document = 'query A { projections { name } } query B { bandwidthUsage { cost } }';
    expect(of(document, 'B').field).toBe('bandwidthUsage');
  });

  it('is found in time, though its fragments double at each step or go in a circle', () => {
    expect(of(doublingFragments(60)).field).toBe('popularStreams');
    const circle = '{ ...F } fragment F on Query { ...G projections { name } }';
    expect(of(`${circle} fragment G on Query { ...F }`).field).toBe('projections');
  });
});
