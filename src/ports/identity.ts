/** Ids: all randomness and all keyed hashing come from here. */
export interface Identity {
  /** A name-based UUID (RFC 9562, version 5): the same name always gives the same id. */
  uuidV5(name: string): string;
  /** A random UUID (version 4). */
  uuidV4(): string;
  /**
   * The pseudonym under which a user's views are kept: the first 16 bytes of HMAC-SHA-256 of the
   * user id under the viewer secret, in base64url (22 characters). It cannot be turned back.
   */
  viewerId(userId: string): string;
  /**
   * The eventId under which a line of an import is stored that has none of its own: `line-` and the
   * first 16 bytes of HMAC-SHA-256 of the line's id, in base64url. What the line holds, its user
   * id included, cannot be guessed from it.
   */
  lineEventId(lineId: string): string;
  /** A short keyed mark (8 characters) that shows that a text was issued by this server. */
  mark(text: string): string;
  /** Tells viewer secrets apart without revealing them. */
  secretFingerprint(): string;
}

export const IDENTITY = Symbol('Identity');
