/**
 * Returns a text of CMCD as a player wrote it, where a CDN logs it percent-encoded once more. What
 * a player writes has a sign that an encoded text has not, such as the `=` of any value.
 */
export function decodedOnce(text: string, sign: '=' | '"'): string {
  if (text.includes(sign) || !ESCAPED.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // It is no encoded text: what it is instead is judged where it is read.
    return text;
  }
}

const ESCAPED = /%[0-9A-Fa-f]{2}/;
