/** The fewest code units that are worth remembering: few ids have more. */
const REMEMBERED_LENGTH_MIN = 64;

type Work = (text: string) => unknown;

/** The results of each work, while a batch is worked on. */
let results: Map<Work, Map<string, unknown>> | undefined;

/**
 * Makes work on a text that is done once for each text of a batch. A request of GraphQL may name a
 * long text in each of thousands of events.
 */
export function oncePerText<Result>(work: (text: string) => Result): (text: string) => Result {
  return (text) => {
    if (results === undefined || text.length < REMEMBERED_LENGTH_MIN) return work(text);
    let known = results.get(work) as Map<string, Result> | undefined;
    if (known === undefined) results.set(work, (known = new Map<string, Result>()));
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as Result;
    const result = work(text);
    known.set(text, result);
    return result;
  };
}

/** Works on a batch, and remembers what is made of its texts until its end: they may be private. */
export function rememberingTexts<Result>(workOnBatch: () => Result): Result {
  if (results !== undefined) return workOnBatch();
  results = new Map();
  try {
    return workOnBatch();
  } finally {
    results = undefined;
  }
}
