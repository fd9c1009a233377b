import { boundedText } from './bounded-text.js';
import { parsedUrl } from './parsed-url.js';
import { inCanonicalOrder } from './text.js';

/**
 * Returns the host of a URL, or of a text that begins with a host, in lower case; undefined if
 * there is none, as in `about:blank`.
 */
export function hostOf(text: string): string | undefined {
  const address = addressOf(text);
  return address === undefined ? undefined : boundedText(address.host);
}

interface WebAddress {
  /** In lower case, without port, without a dot at its end; empty where it is not known. */
  readonly host: string;
  /** From its first slash on, without query and fragment. */
  readonly path: string;
}

/**
 * Returns the host and the path of a URL, or of a text that begins with either of them, without
 * user, port, query and fragment. `edit` may change the path before it is cut to its length.
 */
export function pageOf(text: string, edit = (path: string): string => path): string | undefined {
  const hasNoHost = text.startsWith('/') && !text.startsWith('//');
  const address = hasNoHost ? pathAlone(text) : addressOf(text);
  return address === undefined
    ? undefined
    : boundedText(address.host + readable(edit(address.path)));
}

/** The most characters of a URL that are read. Pages have no longer ones; a query may follow. */
const URL_LENGTH_MAX = 2_000;
const SCHEME = /^([a-z][a-z\d+.-]*):\/\//i;
/** `about:blank`, `data:`, `mailto:` or a drive, but no host with its port. */
const SCHEME_WITHOUT_HOST = /^[a-z][a-z\d+.-]*:(?!\d)/i;
/** Schemes of addresses that are not on the web. The path of a file could name its owner. */
const NOT_ON_THE_WEB: ReadonlySet<string> = new Set(['about', 'file']);

function addressOf(text: string): WebAddress | undefined {
  const cut = text.slice(0, URL_LENGTH_MAX);
  const scheme = SCHEME.exec(cut)?.[1];
  if (scheme === undefined) {
    if (SCHEME_WITHOUT_HOST.test(cut)) return undefined;
    return parsed(`https://${cut.replace(/^\/\//, '')}`);
  }
  return NOT_ON_THE_WEB.has(scheme.toLowerCase()) ? undefined : parsed(cut);
}

/** Returns the address of a path alone, which a player may state that does not know its host. */
function pathAlone(text: string): WebAddress | undefined {
  const address = parsed(`https://host${text.slice(0, URL_LENGTH_MAX)}`);
  return address && { ...address, host: '' };
}

function parsed(url: string): WebAddress | undefined {
  // The parser of URLs passes over slashes too many, and takes the path for a host.
  // Marks in order, as the parser brings hosts into NFC.
  const found = /^[^:]*:\/\/[/\\]/.test(url) ? undefined : parsedUrl(inCanonicalOrder(url));
  if (found === undefined) return undefined;
  const { hostname, pathname } = found;
  const host = withoutDotsAtEnd(hostname.toLowerCase());
  return host === '' ? undefined : { host, path: pathname };
}

/** Cuts the dots at a host's end. A pattern for it would look at all dots of a run from each. */
function withoutDotsAtEnd(host: string): string {
  let { length } = host;
  while (length > 0 && host[length - 1] === '.') length -= 1;
  return host.slice(0, length);
}

/** Escapes of what is no ASCII: decoded, a place has one spelling that people can read. */
const ESCAPED_TEXT = /(?:%[89a-f][\da-f])+/gi;

const readable = (path: string): string =>
  path.replace(ESCAPED_TEXT, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      // They spell no text: they stay as they were sent.
      return escapes;
    }
  });
