import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { CryptoIdentity } from '../../../src/adapters/system/crypto-identity.js';

const SECRET = 'a viewer secret for tests';
const identity = new CryptoIdentity(SECRET);
const LINE_ID = `${'x'.repeat(43)}-1`;

describe('the eventId of a line', () => {
  it('is what it was in every release, on every node', () => {
    const hmac = createHmac('sha256', SECRET).update(`line\u001f${LINE_ID}`).digest();
    const expected = `line-${hmac.subarray(0, 16).toString('base64url')}`;
    expect(identity.lineEventId(LINE_ID)).toBe(expected);
    expect(new CryptoIdentity(SECRET).lineEventId(LINE_ID)).toBe(expected);
  });

  it('cannot be told by who does not have the secret', () => {
    expect(new CryptoIdentity(`${SECRET}.`).lineEventId(LINE_ID)).not.toBe(
      identity.lineEventId(LINE_ID),
    );
    expect(identity.lineEventId(LINE_ID)).not.toContain('xxx');
  });

  it('shows no viewer id, nor anything else that is keyed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [, ofLine = ''] = /^line-(.{22})$/.exec(identity.lineEventId(text)) ?? [];
        expect(ofLine).not.toBe(identity.viewerId(text));
        expect(ofLine.startsWith(identity.mark(text))).toBe(false);
        expect(identity.secretFingerprint().startsWith(ofLine)).toBe(false);
      }),
    );
  });
});

describe('a seal', () => {
  it('is the same each time, and gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = identity.seal(text);
        expect(sealed).toBe(new CryptoIdentity(SECRET).seal(text));
        expect(sealed).toMatch(/^[\w-]{22,}$/);
        expect(identity.unseal(sealed)).toBe(text);
      }),
    );
  });

  it('shows nothing of the text', () => {
    const bytes = Buffer.from(identity.seal('a session of m1'), 'base64url').toString('latin1');
    expect(bytes).not.toContain('session');
    const [one, other] = ['m1 s1', 'm1 s2'].map((text) => identity.seal(text));
    expect(one?.slice(0, 22)).not.toBe(other?.slice(0, 22));
    expect(one?.slice(22)).not.toBe(other?.slice(22));
  });

  it('is opened neither changed in any bit, nor by another secret, nor if it is none', () => {
    const sealed = identity.seal('m1 s1');
    const bytes = Buffer.from(sealed, 'base64url');
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(identity.unseal(changed.toString('base64url'))).toBeUndefined();
    }
    expect(new CryptoIdentity(`${SECRET}.`).unseal(sealed)).toBeUndefined();
    for (const none of ['', 'x', `${sealed}=`, `${sealed} `, sealed.slice(0, -2), 'x'.repeat(40)]) {
      expect(identity.unseal(none)).toBeUndefined();
    }
  });
});
