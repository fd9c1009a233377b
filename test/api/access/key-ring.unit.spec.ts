import { highestRole, KeyRing, type Role } from '../../../src/api/access/key-ring.js';

const INGEST = 'ingest-key-0000001';
const READ = 'read-key-000000001';
const ADMIN = 'admin-key-00000001';
const keys = { ingest: [INGEST], read: [READ, 'read-key-000000002'], admin: [ADMIN] };

const rolesOf = (ring: KeyRing, authorization?: string): readonly Role[] | undefined => {
  const caller = ring.callerOf(authorization);
  return caller && [...caller.roles].sort();
};

describe('a server with keys', () => {
  const ring = new KeyRing(keys);

  it('gives each key its role, and an admin key all', () => {
    expect(rolesOf(ring, `Bearer ${INGEST}`)).toEqual(['ingest']);
    expect(rolesOf(ring, `Bearer ${READ}`)).toEqual(['read']);
    expect(rolesOf(ring, 'Bearer read-key-000000002')).toEqual(['read']);
    expect(rolesOf(ring, `Bearer ${ADMIN}`)).toEqual(['admin', 'ingest', 'read']);
  });

  it('names all that a caller may do by one role', () => {
    const roleOf = (key: string): Role | undefined => {
      const caller = ring.callerOf(`Bearer ${key}`);
      return caller && highestRole(caller);
    };
    expect([INGEST, READ, ADMIN].map(roleOf)).toEqual(['ingest', 'read', 'admin']);
    const everyone = new KeyRing({ ingest: [], read: [], admin: [] }).callerOf(undefined);
    expect(everyone && highestRole(everyone)).toBe('admin');
  });

  it('takes the name of the scheme in any case', () => {
    expect(rolesOf(ring, `bearer  ${READ} `)).toEqual(['read']);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    INGEST,
    `Basic ${INGEST}`,
    `Bearer ${INGEST}x`,
    `Bearer ${INGEST.slice(0, -1)}`,
    `Bearer ${INGEST.toUpperCase()}`,
    `Bearer ${INGEST},${READ}`,
    `Bearer ${INGEST} ${READ}`,
    'Bearer undefined',
  ])('does not know who sends %j', (authorization) => {
    expect(ring.callerOf(authorization)).toBeUndefined();
  });

  it('takes in an address a key for ingest alone, and for that alone', () => {
    expect([...(ring.callerOfAddress(INGEST)?.roles ?? [])]).toEqual(['ingest']);
    expect(ring.callerOfAddress(READ)).toBeUndefined();
    expect(ring.callerOfAddress(ADMIN)).toBeUndefined();
    expect(ring.callerOfAddress('')).toBeUndefined();
  });

  it('does not let a key in an address do more than record, though it may elsewhere', () => {
    const both = new KeyRing({ ingest: [INGEST], read: [], admin: [INGEST] });
    expect([...(both.callerOfAddress(INGEST)?.roles ?? [])]).toEqual(['ingest']);
    expect(rolesOf(both, `Bearer ${INGEST}`)).toEqual(['admin', 'ingest', 'read']);
  });

  it('tells callers apart without naming their keys', () => {
    const all = [INGEST, READ, ADMIN];
    const names = all.map((key) => ring.callerOf(`Bearer ${key}`)?.name ?? '');
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(all).not.toContain(name);
    expect(JSON.stringify(ring)).not.toContain(ADMIN);
  });

  it('gives a key that two roles name both', () => {
    const ringOfTwo = new KeyRing({ ingest: [READ], read: [READ], admin: [] });
    expect(rolesOf(ringOfTwo, `Bearer ${READ}`)).toEqual(['ingest', 'read']);
  });

  it('names the roles that nobody holds', () => {
    expect(ring.closedRoles).toEqual([]);
    expect(new KeyRing({ ingest: [], read: [READ], admin: [] }).closedRoles).toEqual([
      'ingest',
      'admin',
    ]);
    expect(new KeyRing({ ingest: [], read: [], admin: [ADMIN] }).closedRoles).toEqual([]);
  });
});

describe('a server without keys', () => {
  const ring = new KeyRing({ ingest: [], read: [], admin: [] });

  it.each([undefined, 'Bearer whatever'])('gives everyone every role: %j', (authorization) => {
    expect(ring.isOpen).toBe(true);
    expect(rolesOf(ring, authorization)).toEqual(['admin', 'ingest', 'read']);
    expect(ring.closedRoles).toEqual([]);
  });
});
