/** Encodes bytes in base64. Their number has to be a multiple of three. */
export function toBase64(bytes: Uint8Array): string {
  const letters: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (const shift of [18, 12, 6, 0]) letters.push(ALPHABET.charAt((bits >> shift) & 63));
  }
  return letters.join('');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(
  Array.from(ALPHABET, (letter, value) => [letter.charCodeAt(0), value] as const),
);

/** Decodes a text that toBase64 returned. */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let at = 0, to = 0; at < text.length; at += 4, to += 3) {
    let bits = 0;
    for (let i = at; i < at + 4; i += 1) bits = (bits << 6) | (VALUES.get(text.charCodeAt(i)) ?? 0);
    bytes.set([bits >> 16, (bits >> 8) & 255, bits & 255], to);
  }
  return bytes;
}
