/** An HTTP answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body if it is a JSON object; otherwise empty. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sends a request and reads the answer. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const text = await response.text();
  const isJson = /[/+]json/.test(headers.get('content-type') ?? '');
  const json = isJson ? (JSON.parse(text) as Answer['json']) : {};
  return { status, headers, text, json };
}

/** Sends events as JSON to `/events`, or a body as it stands. */
export function sendEvents(
  url: string,
  body: string | Uint8Array<ArrayBuffer> | readonly object[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const isReady = typeof body === 'string' || body instanceof Uint8Array;
  return send(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: isReady ? body : JSON.stringify(body),
  });
}

/** A header that sends a key. */
export const withKey = (key: string): { readonly authorization: string } => ({
  authorization: `Bearer ${key}`,
});
