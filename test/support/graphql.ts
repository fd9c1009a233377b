interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>> & { readonly code?: string };
}

/** An HTTP answer to a GraphQL request. */
export interface GraphqlAnswer {
  readonly status: number;
  /** The body as it came. */
  readonly text: string;
  /** The header `position`. */
  readonly position: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly GraphqlError[];
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

type Headers = Readonly<Record<string, string>>;

/** Sends a GraphQL request; an answer with errors is an answer. */
export function sendGraphql(
  url: string,
  request: GraphqlRequest,
  headers: Headers = {},
  signal?: AbortSignal,
): Promise<GraphqlAnswer> {
  const type = { 'content-type': 'application/json' };
  return sendBody(url, JSON.stringify(request), { ...type, ...headers }, signal);
}

/** Sends any body to the GraphQL endpoint. */
export async function sendBody(
  url: string,
  body: string,
  headers: Headers,
  signal: AbortSignal | null = null,
): Promise<GraphqlAnswer> {
  return answerOf(await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal }));
}

/** Sends a GraphQL request as a GET. */
export async function getGraphql(url: string, query: string): Promise<GraphqlAnswer> {
  return answerOf(await fetch(`${url}/graphql?${new URLSearchParams({ query }).toString()}`));
}

async function answerOf(response: Response): Promise<GraphqlAnswer> {
  const text = await response.text();
  const body = parse(text) as Partial<Pick<GraphqlAnswer, 'data' | 'errors' | 'extensions'>>;
  return {
    status: response.status,
    text,
    position: response.headers.get('position') ?? undefined,
    data: body.data,
    errors: body.errors ?? [],
    extensions: body.extensions,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller sees the text.
    return {};
  }
}

/** The code of an answer's only error. */
export function codeOf({ errors, text }: GraphqlAnswer): string | undefined {
  if (errors.length === 0) throw new Error(`no error in ${text.slice(0, 500)}`);
  const codes = new Set(errors.map(({ extensions }) => extensions?.code));
  return codes.size === 1 ? [...codes][0] : [...codes].join(' and ');
}
