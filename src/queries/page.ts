/** An item of a list, and its place for the page that follows. */
interface Edge<Node> {
  readonly node: Node;
  readonly cursor: string;
}

/** A page of a list. */
export interface Page<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | undefined;
    readonly endCursor: string | undefined;
  };
}

/** Makes a page of its edges; `after` is the cursor before it, undefined for the first page. */
export const pageOf = <Node>(
  edges: readonly Edge<Node>[],
  { hasNextPage, after }: { readonly hasNextPage: boolean; readonly after: unknown },
): Page<Node> => ({
  edges,
  pageInfo: {
    hasNextPage,
    hasPreviousPage: after !== undefined,
    startCursor: edges[0]?.cursor,
    endCursor: edges.at(-1)?.cursor,
  },
});
