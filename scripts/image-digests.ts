/** Matches an image in a file: `mongo:8.0.17`, `kurrentplatform/kurrentdb:25.1.3`. */
const IMAGE = /^(\s*image: |FROM )((?:[\w.-]+\/)*[\w.-]+):([\w.-]+)(?:@sha256:[0-9a-f]{64})?/gm;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** The types that a tag may point to: an index of several platforms, or a plain manifest. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const ANSWER_MS_MAX = 30_000;

/** Looks up the digest that a tag of an image points to, such as `sha256:…`. */
export type DigestOf = (name: string, tag: string) => Promise<string>;

/** Gives every image of a Dockerfile or compose file but our own the digest of its tag. */
export async function withDigests(text: string, digestOf: DigestOf): Promise<string> {
  const pinned = new Map<string, string>();
  for (const [, , name = '', tag = ''] of text.matchAll(IMAGE)) {
    if (name === 'playhead' || pinned.has(`${name}:${tag}`)) continue;
    pinned.set(`${name}:${tag}`, `${name}:${tag}@${await digestOf(name, tag)}`);
  }
  return text.replace(IMAGE, (all, before: string, name: string, tag: string) => {
    const image = pinned.get(`${name}:${tag}`);
    return image === undefined ? all : before + image;
  });
}

/** Asks a registry by its HTTP API. It throws an Error of one line if it gets no digest. */
export function askRegistry(registry: string): DigestOf {
  return async (name, tag) => {
    const repository = name.includes('/') ? name : `library/${name}`;
    const url = `${registry}/v2/${repository}/manifests/${tag}`;
    try {
      const first = await head(url);
      const answer = first.status === 401 ? await head(url, await tokenFor(first)) : first;
      const digest = answer.headers.get('docker-content-digest') ?? '';
      if (answer.ok && DIGEST.test(digest)) return digest;
      throw new Error(`status ${String(answer.status)}`);
    } catch (error) {
      throw new Error(`no digest of ${name}:${tag} from ${registry}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  };
}

function head(url: string, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { accept: MANIFESTS, ...authorization };
  return fetch(url, { method: 'HEAD', headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
}

/** Fetches the token that a registry gives to everyone, from the address in its refusal. */
async function tokenFor({ headers }: Response): Promise<string> {
  const challenge = headers.get('www-authenticate') ?? '';
  const fields = [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
  const { realm, ...query } = Object.fromEntries(fields) as Readonly<Record<string, string>>;
  if (realm === undefined) throw new Error('it wants a login');
  const url = `${realm}?${new URLSearchParams(query).toString()}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  const { token } = (await answer.json()) as { readonly token?: string };
  if (token === undefined) throw new Error('it gives no token');
  return token;
}

/** Returns the first line of the innermost cause: fetch hides it behind `fetch failed`. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { message, code } = inner as NodeJS.ErrnoException;
  return (message || (code ?? 'it does not answer')).split('\n')[0] ?? '';
}
