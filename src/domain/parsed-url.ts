/**
 * Returns a URL, undefined for a text that is none. URL.canParse would do, but Node 20 to 22 say no
 * to any text with a letter beyond ASCII, such as `https://münchen.de`, once that has been called
 * often (seen with 20.20.2 and 22.23.5).
 */
export function parsedUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    // It throws for nothing else.
    return undefined;
  }
}
