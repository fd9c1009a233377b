import { createHmac } from 'node:crypto';
import { v4, v5 } from 'uuid';
import type { Identity } from '../../ports/identity.js';

/** The namespace of every name-based id of Playhead; changing it would forget every stream. */
const NAMESPACE = '6f1b5c1e-4a0e-4b0e-9d55-3d0c8f2f7a11';
const KEYED_ID_BYTES = 16;
const MARK_LENGTH = 8;
/** Control characters, which no user id has, tell the other keyed texts from user ids. */
const LINE_LABEL = 'line\u001f';
const MARK_LABEL = 'mark\u001f';
const FINGERPRINT_LABEL = 'fingerprint\u001f';

/** Makes a name-based UUID, as `Identity` does; needs no secret. */
export const uuidV5 = (name: string): string => v5(name, NAMESPACE);

/** Makes ids from the system's randomness and the viewer secret. */
export class CryptoIdentity implements Identity {
  constructor(private readonly viewerSecret: string) {}

  uuidV5(name: string): string {
    return uuidV5(name);
  }

  uuidV4(): string {
    return v4();
  }

  viewerId(userId: string): string {
    return this.keyedId(userId);
  }

  lineEventId(lineId: string): string {
    return `line-${this.keyedId(`${LINE_LABEL}${lineId}`)}`;
  }

  mark(text: string): string {
    return this.hmac(`${MARK_LABEL}${text}`).toString('base64url').slice(0, MARK_LENGTH);
  }

  secretFingerprint(): string {
    return this.hmac(FINGERPRINT_LABEL).toString('base64url');
  }

  private keyedId(text: string): string {
    return this.hmac(text).subarray(0, KEYED_ID_BYTES).toString('base64url');
  }

  private hmac(text: string): Buffer {
    return createHmac('sha256', this.viewerSecret).update(text).digest();
  }
}
