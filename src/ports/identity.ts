/** Makes the ids of the log and its events, and all that is keyed by the viewer secret. */
export interface Identity {
  /** Makes a name-based UUID (RFC 9562, version 5): the same name always gives the same id. */
  uuidV5(name: string): string;
  /** Makes a random UUID (version 4). */
  uuidV4(): string;
  /**
   * Returns the pseudonym under which a user's views are kept: the first 16 bytes of HMAC-SHA-256
   * of the user id under the viewer secret, in base64url (22 characters). It cannot be turned back.
   */
  viewerId(userId: string): string;
  /**
   * Returns the eventId for an imported line that has none: `line-` and the first 16 bytes of
   * HMAC-SHA-256 of the line's id, in base64url. Nobody can guess from it what the line holds, such
   * as its user id.
   */
  lineEventId(lineId: string): string;
  /** Makes a short keyed mark (8 characters): only a server with this secret can have issued it. */
  mark(text: string): string;
  /**
   * Encrypts a text under keys of the viewer secret, in base64url: the same text always gives the
   * same, and only servers with this secret can read it.
   */
  seal(text: string): string;
  /** Returns the text that was sealed; undefined for whatever was not sealed so. */
  unseal(sealed: string): string | undefined;
  /** Returns a value that tells viewer secrets apart without revealing them. */
  secretFingerprint(): string;
}

export const IDENTITY = Symbol('Identity');
