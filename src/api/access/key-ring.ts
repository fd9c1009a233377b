import { createHash, timingSafeEqual } from 'node:crypto';

/** What a key opens: recording, asking, or everything. */
export type Role = 'ingest' | 'read' | 'admin';

/** Who sends a request, as far as its key tells. */
export interface Caller {
  readonly roles: ReadonlySet<Role>;
  /** Tells callers apart without saying their key. */
  readonly name: string;
}

/** The keys of each role; none at all leaves every role to everyone. */
export type KeysByRole = Readonly<Record<Role, readonly string[]>>;

const ROLES = ['ingest', 'read', 'admin'] as const satisfies readonly Role[];
const EVERYONE: Caller = { roles: new Set(ROLES), name: 'everyone' };
const BEARER = /^Bearer +([^ ]+) *$/i;

interface Entry {
  readonly digest: Buffer;
  readonly caller: Caller;
  /** Whether it is a key for recording, whatever else it opens. */
  readonly isForIngest: boolean;
}

/**
 * The keys of the server. A key is compared by its hash with every one there is, so that the time
 * that it takes tells nothing; only hashes are kept.
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

  /** Without keys every role is everyone's. */
  get isOpen(): boolean {
    return this.entries.length === 0;
  }

  /** Roles that no key opens. */
  get closedRoles(): readonly Role[] {
    if (this.isOpen) return [];
    return ROLES.filter((role) => !this.entries.some(({ caller }) => caller.roles.has(role)));
  }

  /** Whose key an Authorization header holds; undefined if it is none of ours. */
  callerOf(authorization: string | undefined): Caller | undefined {
    if (this.isOpen) return EVERYONE;
    const key = BEARER.exec(authorization ?? '')?.[1];
    return key === undefined ? undefined : this.find(key)?.caller;
  }

  /**
   * Whose key stands in an address, where others may read it: one for ingest opens that alone, and
   * no other is taken there.
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

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** An admin key may do all. */
function rolesOf(key: string, keys: KeysByRole): ReadonlySet<Role> {
  return new Set(ROLES.filter((role) => keys[role].includes(key) || keys.admin.includes(key)));
}
