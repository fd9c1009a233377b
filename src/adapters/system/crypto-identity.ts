import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import { v4, v5 } from 'uuid';
import type { Identity } from '../../ports/identity.js';

/** Makes ids from the system's randomness and the viewer secret. */
export class CryptoIdentity implements Identity {
  private readonly sealKey: Buffer;
  private readonly sealMacKey: Buffer;

  constructor(private readonly viewerSecret: string) {
    this.sealKey = this.derivedKey('seal encryption');
    this.sealMacKey = this.derivedKey('seal authentication');
  }

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

  seal(text: string): string {
    const plain = Buffer.from(text);
    const iv = this.sealIv(plain);
    const cipher = createCipheriv(SEAL_CIPHER, this.sealKey, iv);
    return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64url');
  }

  unseal(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    // Decoding skips what is no base64url: one id has one spelling.
    if (bytes.length < SEAL_IV_BYTES || bytes.toString('base64url') !== sealed) return undefined;
    const iv = bytes.subarray(0, SEAL_IV_BYTES);
    const decipher = createDecipheriv(SEAL_CIPHER, this.sealKey, iv);
    const plain = Buffer.concat([decipher.update(bytes.subarray(SEAL_IV_BYTES)), decipher.final()]);
    return timingSafeEqual(iv, this.sealIv(plain)) ? plain.toString() : undefined;
  }

  secretFingerprint(): string {
    return this.hmac(FINGERPRINT_LABEL).toString('base64url');
  }

  private derivedKey(label: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.viewerSecret, '', label, SEAL_KEY_BYTES));
  }

  private sealIv(plain: Buffer): Buffer {
    const mac = createHmac('sha256', this.sealMacKey).update(plain).digest();
    return mac.subarray(0, SEAL_IV_BYTES);
  }

  private keyedId(text: string): string {
    return this.hmac(text).subarray(0, KEYED_ID_BYTES).toString('base64url');
  }

  private hmac(text: string): Buffer {
    return createHmac('sha256', this.viewerSecret).update(text).digest();
  }
}

/** The namespace of every name-based id of Playhead; changing it would forget every stream. */
const NAMESPACE = '6f1b5c1e-4a0e-4b0e-9d55-3d0c8f2f7a11';
const KEYED_ID_BYTES = 16;
const MARK_LENGTH = 8;
/** Control characters, which no user id has, tell the other keyed texts from user ids. */
const LINE_LABEL = 'line\u001f';
const MARK_LABEL = 'mark\u001f';
const SEAL_CIPHER = 'aes-256-ctr';
const SEAL_KEY_BYTES = 32;
/** The synthetic initialization vector that a seal begins with. */
const SEAL_IV_BYTES = 16;
const FINGERPRINT_LABEL = 'fingerprint\u001f';

/** Makes a name-based UUID, as `Identity` does; needs no secret. */
export const uuidV5 = (name: string): string => v5(name, NAMESPACE);
