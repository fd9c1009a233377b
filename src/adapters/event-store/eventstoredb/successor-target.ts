/** Where the successor of the client connects to, in its own terms. */
export interface SuccessorTarget {
  /** Without the user, who would be sent as the string spells him, percent-encoded. */
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

const USER = /(?:(?<user>[^:]+):(?<password>[^@]+)@)?/.source;
const PARTS = new RegExp(
  `^esdb(?<discover>\\+discover)?://${USER}(?<hosts>[^/?]+)/*\\?(?<options>.*)$`,
);

/**
 * The target of a connection string that was found right. The scheme is the successor's, as by the
 * old one it prints a warning; it knows an option by its plain name alone, and reads a value as a
 * browser would.
 */
export function successorTarget(full: string): SuccessorTarget {
  const parts = PARTS.exec(full)?.groups;
  if (parts === undefined) throw new Error('a connection string that was not read before');
  const { discover = '', user, password, hosts = '', options = '' } = parts;
  const url = `kurrentdb${discover}://${hosts}?${options.split('&').map(respelled).join('&')}`;
  if (user === undefined || password === undefined) return { url };
  const [username, secret] = [decodeURIComponent(user), decodeURIComponent(password)];
  return { url, credentials: { username, password: secret } };
}

function respelled(option: string): string {
  const [name = '', value = ''] = option.split('=');
  return `${flat(name)}=${encodeURIComponent(decodeURIComponent(value.trim()))}`;
}

/** The client takes an option's name in any case, with dashes or underscores. */
export const flat = (name: string): string => name.trim().toLowerCase().replace(/[_-]/g, '');
