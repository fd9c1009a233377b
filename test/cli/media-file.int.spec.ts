import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMediaFile, type MediaFile } from '../../src/cli/media-file.js';
import { codeBlocks, read } from '../docs/markdown.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});

let files = 0;
function fileOf(content: string | Buffer): string {
  files += 1;
  const path = join(folder, `titles-${String(files)}`);
  writeFileSync(path, content);
  return path;
}

const readText = (content: string | Buffer): Promise<MediaFile> => readMediaFile(fileOf(content));
const badIn = async (content: string): Promise<readonly string[]> =>
  (await readText(content)).bad.named.map(({ line, message }) => `${String(line)}: ${message}`);

const harbour = { mediaId: 'the-harbour', title: 'The Harbour', thumbnail: null, duration: null };

describe('titles as CSV', () => {
  it('are read by the names of their columns, in any order', async () => {
    const { rows, bad } = await readText(
      'title,duration,mediaId,thumbnail\r\n' +
        '"Harbour, the ""old"" one",5400.5,the-harbour,https://host/a.png\r\n' +
        '\r\n' +
        'Thaw,, thaw ,\r\n',
    );
    expect(bad.count).toBe(0);
    expect(rows).toEqual([
      {
        line: 2,
        fields: {
          mediaId: 'the-harbour',
          title: 'Harbour, the "old" one',
          thumbnail: 'https://host/a.png',
          duration: 5400.5,
        },
      },
      { line: 4, fields: { mediaId: 'thaw', title: 'Thaw', thumbnail: null, duration: null } },
    ]);
  });

  it.each([
    ['semicolons', 'mediaId;title\nthe-harbour;The Harbour\n'],
    ['tabs', 'mediaId\ttitle\nthe-harbour\tThe Harbour'],
    ['a byte order mark', '\ufeffmediaId,title\nthe-harbour,The Harbour\n'],
    ['columns that are left empty', 'mediaId,title,thumbnail,duration\nthe-harbour,The Harbour'],
  ])('may have %s', async (_, text) => {
    const { rows, bad } = await readText(text);
    expect({ rows, bad: bad.count }).toEqual({ rows: [{ line: 2, fields: harbour }], bad: 0 });
  });

  it('are read as docs/operations.md shows them', async () => {
    const [example] = codeBlocks(read('docs/operations.md')).filter(
      ({ language }) => language === 'csv',
    );
    const { rows, bad } = await readText(example?.code ?? '');
    expect(bad.count).toBe(0);
    expect(rows.map(({ fields }) => fields)).toEqual([
      { ...harbour, duration: 5_400 },
      { ...harbour, mediaId: 'thaw', title: 'Northern Line, S2 E1: Thaw', duration: 2_820 },
    ]);
  });

  it('that are bad are named, each with its line and why', async () => {
    const text = [
      'mediaId,title,thumbnail,duration',
      'a,A,ftp://host/a.png,',
      'b,,,',
      ',B,,',
      'c,C,,long',
      'c,C,,0x10',
      'c,C,,1e3',
      'd,D,,-1',
      'e,E, the best,,',
      'f,F,,',
      'f,F again,,',
    ].join('\n');
    expect(await badIn(text)).toEqual([
      '2: thumbnail: must be an http or https URL, got "ftp://host/a.png"',
      '3: title: is required',
      '4: mediaId: is required',
      '5: duration: must be a number of seconds',
      '6: duration: must be a number of seconds',
      '7: duration: must be a number of seconds',
      '8: duration: must be from 0 to 2678400, got -1',
      '9: line: has more cells than the header; quote its commas',
      '11: mediaId: is that of line 10',
    ]);
  });

  it.each([
    ['', 'must begin with a row of the columns mediaId, title, thumbnail, duration;'],
    ['the-harbour,The Harbour\n', ', not "the-harbour";'],
    ['mediaId,thumbnail\n', 'must begin with a row of the columns'],
    ['mediaId,title\na,"A\n', 'is no CSV: Quote Not Closed'],
    ['mediaId,title,title\na,A,B\n', 'has two columns "title"'],
    [`mediaId,title\na,"A\n${'b,B\n'.repeat(20_000)}`, 'is no CSV: Max Record Size'],
    [`mediaId,title\na,A${','.repeat(40_000)}\n`, 'line 2 of '],
  ])('that are not, %j, are a wrong call', async (text, said) => {
    const failure = readText(text);
    await expect(failure).rejects.toMatchObject({ name: 'WrongUsage' });
    await expect(failure).rejects.toThrow(said);
  });
});

describe('titles as NDJSON', () => {
  it('are read a line each', async () => {
    const { rows, bad } = await readText(
      '\n{"mediaId":"the-harbour","title":"The Harbour"}\n{"title":"B","mediaId":"b","duration":7}',
    );
    expect(bad.count).toBe(0);
    expect(rows.map(({ line, fields }) => [line, fields.mediaId, fields.duration])).toEqual([
      [2, 'the-harbour', null],
      [3, 'b', 7],
    ]);
  });

  it('that are bad are named, each with its line and why', async () => {
    const text = [
      '{"mediaId":"a","title":"A","year":1999}',
      '{"mediaId":"b","title":7}',
      '{"mediaId":"c","title":"C","duration":"7"}',
      '{"mediaId":"d","title":"D"',
      '["e"]',
      '{"mediaId":"f\\u0000","title":"F"}',
    ].join('\n');
    expect(await badIn(text)).toEqual([
      '1: "year": is no member of a title; known are mediaId, title, thumbnail, duration',
      '2: title: must be a string',
      '3: duration: must be a number of seconds',
      '4: line: must be a JSON object',
      '5: line: must be a JSON object',
      '6: mediaId: must not hold control characters or lone surrogates',
    ]);
  });
});

describe('a file of titles', () => {
  it('that is not there, or is a folder, is a wrong call', async () => {
    for (const path of [join(folder, 'none'), folder]) {
      await expect(readMediaFile(path)).rejects.toMatchObject({ name: 'WrongUsage' });
    }
  });

  it('in the encoding of an old spreadsheet is refused, not misread', async () => {
    const latin1 = Buffer.from('mediaId,title\na,Caf\u00e9\n', 'latin1');
    await expect(readText(latin1)).rejects.toThrow('must be UTF-8');
  });

  it('takes a hundred thousand titles, and no more', async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `m${String(i)},T`);
    const most = ['mediaId,title', ...lines].join('\n');
    expect((await readText(most)).rows).toHaveLength(100_000);
    await expect(readText(`${most}\nlast,T`)).rejects.toThrow('more than 100,000 titles');
  });

  it('that is anything else but a file of titles is not kept', async () => {
    const before = process.memoryUsage.rss();
    const bad = 4_000_000;
    for (const text of [`{}\n${'x\n'.repeat(bad)}`, `mediaId,title\n${',\n'.repeat(bad)}`]) {
      await expect(readText(text)).rejects.toThrow('more than 100,000 titles');
    }
    const { bad: few } = await readText(`{}\n${'x\n'.repeat(50_000)}`);
    expect([few.count, few.named.length]).toEqual([50_001, 100]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 29);
  });
});
