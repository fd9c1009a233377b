import { inNfc } from './text.js';

/** The characters of a text that is kept of a session's context. */
export const CONTEXT_LENGTH_MAX = 200;

/** Control characters and lone surrogates. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/gu;
const LONE_SURROGATES = /\p{Cs}/gu;

/** NFC makes one character of four at most, each of two units: what lies behind is not kept. */
const SPELLING_LENGTH_MAX = 4 * 2 * CONTEXT_LENGTH_MAX;

/**
 * What is kept of a text that may be anything: without control characters, trimmed, in NFC, and cut
 * to a length in code points; undefined if nothing is left. What comes of it stays as it is.
 */
export function boundedText(text: string): string | undefined {
  const tidy = text.replace(FORBIDDEN, '').trim().slice(0, SPELLING_LENGTH_MAX);
  const spelled = inNfc(tidy.replace(LONE_SURROGATES, ''));
  const cut =
    spelled.length > CONTEXT_LENGTH_MAX
      ? Array.from(spelled).slice(0, CONTEXT_LENGTH_MAX).join('')
      : spelled;
  const kept = cut.trim();
  return kept === '' ? undefined : kept;
}
