import { tableOf, type Column } from '../../src/cli/table.js';

const columns: readonly Column[] = [
  { heading: 'Title', widthMax: 20 },
  { heading: 'Views', align: 'right' },
];

describe('a table', () => {
  it('aligns text to the left and numbers to the right, under their headings', () => {
    const rows = [
      ['Thaw', '1,204'],
      ['The Long Harbour', '7'],
    ];
    expect(tableOf(columns, rows)).toEqual([
      'Title             Views',
      'Thaw              1,204',
      'The Long Harbour      7',
    ]);
  });

  it('goes by what a terminal shows, not by how it is stored', () => {
    const rows = [
      ['東京物語', '1'],
      ['Cafe\u0301', '2'],
    ];
    expect(tableOf(columns, rows)).toEqual([
      'Title     Views',
      '東京物語      1',
      'Cafe\u0301          2',
    ]);
  });

  it('cuts what is too long for its column', () => {
    const [, line] = tableOf(columns, [['x'.repeat(60), '1']]);
    expect(line).toBe(`${'x'.repeat(17)}...      1`);
  });

  it('without rows is its headings', () => {
    expect(tableOf(['A', ...columns], [])).toEqual(['A  Title  Views']);
  });
});
