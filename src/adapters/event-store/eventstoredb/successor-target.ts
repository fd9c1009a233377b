/** The address that the client's successor connects to, in its own terms. */
export interface SuccessorTarget {
  /** Without the user, whom the successor would send as the string spells him, percent-encoded. */
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

const USER = /(?:(?<user>[^:]+):(?<password>[^@]+)@)?/.source;
const PARTS = new RegExp(
  `^esdb(?<discover>\\+discover)?://${USER}(?<hosts>[^/?]+)/*\\?(?<options>.*)$`,
);

/**
 * Makes the target of a valid connection string. The scheme is the successor's, which warns of the
 * old one. The successor knows an option by its plain name alone, and reads a value as a browser
 * would.
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

/** Folds an option's name, which the client takes in any case, with dashes or underscores. */
export const flat = (name: string): string => name.trim().toLowerCase().replace(/[_-]/g, '');
