const MESSAGE_LENGTH_MAX = 300;

/** An input stands in a message at 100 characters at most: in quotes, or where a value ends it. */
const LONG_QUOTE = /(["'])((?:(?!\1).){100})(?:(?!\1).)+\1/gs;
const LONG_VALUE = /(found |value: )(.{100}).+$/s;

/** Cuts what a message of graphql-js quotes, and takes away guesses at what was meant. */
export function clip(message: string): string {
  const clipped = message
    .replace(/ Did you mean .*$/s, '')
    .replace(LONG_QUOTE, '$1$2…$1')
    .replace(LONG_VALUE, '$1$2…');
  return clipped.length > MESSAGE_LENGTH_MAX ? `${clipped.slice(0, MESSAGE_LENGTH_MAX)}…` : clipped;
}
