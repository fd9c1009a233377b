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
