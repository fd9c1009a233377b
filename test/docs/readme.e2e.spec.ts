import { send } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { examplesIn, type Example } from './examples.js';
import { read, sectionOf } from './markdown.js';

const examples = examplesIn(sectionOf(read('README.md'), 'Report and ask'));
const [report] = examples;

type Request = Omit<Example, 'answer'>;

/** A position is another one in every log. */
const withoutPosition = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer).replace(/"[0-9a-f]{8}-[0-9a-z]+"/, '"<position>"'));

describe("the README's examples", () => {
  const folder = temporaryFolder();
  let server: TestServer;
  let position = '';

  beforeAll(async () => {
    server = await startServer(folder);
  });

  afterAll(async () => {
    await server.stop();
    removeFolder(folder);
  });

  /** Sends an example as it stands; it reads what was written before. */
  async function sendExample({ path, body }: Request): Promise<unknown> {
    const readAfter = position === '' ? {} : { 'read-after': position };
    const headers = { 'content-type': 'application/json', ...readAfter };
    const answer = await send(`${server.url}${path}`, { method: 'POST', headers, body });
    position = answer.headers.get('position') ?? position;
    return answer.json;
  }

  it.each(examples)('are answered as it says: $body', async ({ answer, ...request }) => {
    expect(answer).toBeDefined();
    expect(withoutPosition(await sendExample(request))).toEqual(withoutPosition(answer));
  });

  it('count the same report once, as it says', async () => {
    expect(read('README.md')).toContain('`"accepted": 0, "duplicates": 4`');
    expect(await sendExample(report ?? { path: '', body: '' })).toMatchObject({
      data: { recordStreamingEvents: { accepted: 0, duplicates: 4 } },
    });
  });
});
