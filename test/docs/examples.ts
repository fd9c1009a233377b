import { codeBlocks } from './markdown.js';

/** A request that a document shows. */
export interface Example {
  /** `/graphql`, `/events` or `/cmcd`. */
  readonly path: string;
  /** As the body of a POST to it. */
  readonly body: string;
  /** The answer that the document shows next, if it does. */
  readonly answer: unknown;
}

/** The GraphQL documents and curl lines of a text, each with the JSON block after it. */
export function examplesIn(text: string): readonly Example[] {
  const blocks = codeBlocks(text);
  return blocks.flatMap(({ language, code }, index): Example[] => {
    const request = requestOf(language, code);
    if (request === undefined) return [];
    const next = blocks[index + 1];
    return [{ ...request, answer: next?.language === 'json' ? JSON.parse(next.code) : undefined }];
  });
}

type Request = Pick<Example, 'path' | 'body'>;

function requestOf(language: string, code: string): Request | undefined {
  if (language === 'graphql') return { path: '/graphql', body: JSON.stringify({ query: code }) };
  if (language !== 'sh' || !code.startsWith('curl ') || isGet(code)) return undefined;
  const words = shellWords(code);
  const [, path = ''] = /^http:\/\/127\.0\.0\.1:3000(\/\w+)/.exec(words[2] ?? '') ?? [];
  const form = FORMS[path];
  expect(words[words.indexOf('-H') + 1]).toBe(`content-type: application/${form ?? 'unknown'}`);
  return { path, body: words[words.indexOf('-d') + 1] ?? '' };
}

/** What each path takes. */
const FORMS: Readonly<Record<string, string>> = {
  '/graphql': 'json',
  '/events': 'json',
  '/cmcd': 'cmcd',
};
/** What asks for a file, or looks whether a path is open: it tells nothing. */
const isGet = (code: string): boolean => !code.includes(' -d ') || code.startsWith(GET);
const GET = 'curl -sG ';

/** The addresses that the lines of a text ask for, with what they send in them. */
export const addressesIn = (text: string): readonly string[] =>
  codeBlocks(text)
    .filter(({ code }) => code.startsWith(GET))
    .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => line !== '')
    .map((line) => {
      const words = shellWords(line);
      const sent = words.filter((_, i) => ['-d', '--data-urlencode'].includes(words[i - 1] ?? ''));
      const asked = new URLSearchParams(
        sent.map((one): [string, string] => {
          const [name = '', value = ''] = one.split(/=(.*)/s);
          return [name, value];
        }),
      );
      return `${words[2] ?? ''}?${asked.toString()}`;
    });

/** The words of a command; single quotes and lines that go on are all it may use. */
function shellWords(command: string): readonly string[] {
  const oneLine = command.replaceAll('\\\n', ' ');
  return [...oneLine.matchAll(/'([^']*)'|([^\s']+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}
