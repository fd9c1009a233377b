import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * The keys of the server. It keeps only hashes, and compares a key's hash with every one of them,
 * so that the time of the comparison tells nothing.
 */
export class KeyRing {
  private readonly entries: readonly Entry[];

  constructor(keys: KeysByRole) {
    const all = [...new Set(ROLES.flatMap((role) => keys[role]))];
    this.entries = all.map((key, index) => ({
      digest: digestOf(key),
      caller: { roles: rolesOf(key, keys), name: `key-${String(index + 1)}` },
      isForIngest: keys.ingest.includes(key),
    }));
  }

  /** Says whether no keys are set, so that every role is open to everyone. */
  get isOpen(): boolean {
    return this.entries.length === 0;
  }

  /** The roles that no key opens. */
  get closedRoles(): readonly Role[] {
    if (this.isOpen) return [];
    return ROLES.filter((role) => !this.entries.some(({ caller }) => caller.roles.has(role)));
  }

  /** Returns the holder of the key in an Authorization header; undefined if the key is not ours. */
  callerOf(authorization: string | undefined): Caller | undefined {
    if (this.isOpen) return EVERYONE;
    const key = BEARER.exec(authorization ?? '')?.[1];
    return key === undefined ? undefined : this.find(key)?.caller;
  }

  /**
   * Returns the holder of a key in an address, where others may read it. So only a key for ingest
   * is taken there, and it opens only that role.
   */
  callerOfAddress(key: string): Caller | undefined {
    const entry = this.find(key);
    if (entry?.isForIngest !== true) return undefined;
    return { ...entry.caller, roles: new Set<Role>(['ingest']) };
  }

  private find(key: string): Entry | undefined {
    const digest = digestOf(key);
    let found: Entry | undefined;
    for (const entry of this.entries) {
      if (timingSafeEqual(entry.digest, digest)) found = entry;
    }
    return found;
  }
}

/** The role that a key opens: recording, asking, or everything. */
export type Role = 'ingest' | 'read' | 'admin';

/** The sender of a request as its key describes it. */
export interface Caller {
  readonly roles: ReadonlySet<Role>;
  /** Tells callers apart without their keys. */
  readonly name: string;
}

/** The keys of each role; without any key, every role is open to everyone. */
export type KeysByRole = Readonly<Record<Role, readonly string[]>>;

const ROLES = ['ingest', 'read', 'admin'] as const satisfies readonly Role[];
const EVERYONE: Caller = { roles: new Set(ROLES), name: 'everyone' };
const BEARER = /^Bearer +([^ ]+) *$/i;

interface Entry {
  readonly digest: Buffer;
  readonly caller: Caller;
  /** Says whether it is a key for recording; it may open other roles, too. */
  readonly isForIngest: boolean;
}

/** Returns the role that names all that a caller may do. */
export function highestRole({ roles }: Caller): Role {
  if (roles.has('admin')) return 'admin';
  return roles.has('read') ? 'read' : 'ingest';
}

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Returns the roles that a key opens; an admin key opens all. */
function rolesOf(key: string, keys: KeysByRole): ReadonlySet<Role> {
  return new Set(ROLES.filter((role) => keys[role].includes(key) || keys.admin.includes(key)));
}
