import { PassThrough } from 'node:stream';
import { barLine, Progress } from '../../src/cli/progress.js';
import { Terminal } from '../../src/cli/terminal.js';

/** A stream that keeps what it is given, and may say that it is a terminal. */
function output(isTTY: boolean): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  Object.assign(stream, { isTTY, columns: 100, rows: 20 });
  return { stream, text: () => chunks.join('') };
}

describe('progress where there is no terminal', () => {
  it('is a line every five seconds, with the rate and the time left', () => {
    const { stream, text } = output(false);
    let now = 1_000_000;
    const options = { isTerminal: false, stream, what: 'copying', unit: 'events', now: () => now };
    const progress = new Progress(options);
    for (let second = 0; second <= 12; second += 1) {
      progress.update(100_000 + second * 2_000, 1_000_000);
      now += 1_000;
    }
    progress.end();
    expect(text().split('\n')).toEqual([
      'copying: 110,000 of 1,000,000 events (11 %), 2,000 events/s, 7 min 25 s left',
      'copying: 120,000 of 1,000,000 events (12 %), 2,000 events/s, 7 min 20 s left',
      '',
    ]);
  });

  it('is nothing for what is done within moments', () => {
    const { stream, text } = output(false);
    const progress = new Progress({
      isTerminal: false,
      stream,
      what: 'copying',
      unit: 'events',
      now: () => 0,
    });
    progress.update(0, 10);
    progress.update(10, 10);
    progress.end();
    expect(text()).toBe('');
  });

  it('speaks of hours where it takes hours', () => {
    const { stream, text } = output(false);
    let now = 0;
    const options = { isTerminal: false, stream, what: 'copying', unit: 'events', now: () => now };
    const progress = new Progress(options);
    progress.update(0, 10_000);
    now = 10_000;
    progress.update(10, 10_000);
    expect(text()).toContain('1 events/s, 2 h 47 min left');
  });
});

describe('progress on a terminal', () => {
  it('is a bar that is taken away at the end', () => {
    const { stream, text } = output(true);
    const terminal = new Terminal({ stdout: stream, stderr: stream, environment: {} });
    const progress = terminal.progress('copying', 'events');
    progress.update(0, 200);
    progress.update(50, 200);
    progress.end();
    expect(text()).toContain('copying [');
    expect(text()).toContain('of 200 events');
    expect(text()).not.toContain('\n');
  });

  it('says sizes and the time left in words', () => {
    const { stream, text } = output(true);
    let now = 0;
    const options = { isTerminal: true, stream, what: 'checking', unit: 'bytes', now: () => now };
    const progress = new Progress(options);
    progress.update(0, 3_000_000_000);
    now = 10_000;
    progress.update(50_000_000, 3_000_000_000);
    progress.end();
    expect(text()).toContain('1 % | 47.7 MiB of 2.8 GiB | 9 min 50 s left | 4.8 MiB/s');
  });

  it('fits 80 columns, whatever is told, and has a bar', () => {
    const counts = '1,234,567,890 of 9,234,567,890 events';
    const lines = [
      ['migrating', [counts, '1,234 h 59 min left', '123,456 events/s']],
      ['folding streaming-analytics', ['59 min 59 s left', '1,234,567 events/s']],
      ['rebuilding streaming-analytics', ['59 min 59 s left', '1,234,567 events/s']],
      ['checking', []],
    ] as const;
    for (const [what, told] of lines) {
      for (const share of [0, 0.123, 1]) {
        const line = barLine(what, share, told);
        expect(line.length).toBeLessThanOrEqual(80);
        expect(line).toMatch(/ \[[=-]{5,30}\] \d+ %/);
        if (told.length > 0) expect(line).toContain(told[0]);
      }
    }
  });

  it('is plain lines where TERM says that nothing can be overwritten', () => {
    const { stream, text } = output(true);
    const environment = { TERM: 'dumb' };
    const progress = new Terminal({ stdout: stream, stderr: stream, environment }).progress(
      'a',
      'b',
    );
    progress.update(1, 2);
    progress.end();
    expect(text()).not.toContain('[');
  });
});

describe('a failure', () => {
  const said = (isTTY: boolean, environment: Record<string, string>): string => {
    const { stream, text } = output(isTTY);
    new Terminal({ stdout: stream, stderr: stream, environment }).fail('why');
    return text();
  };

  it('is coloured on a terminal only, and not where NO_COLOR is set', () => {
    expect(said(true, {})).toBe('\u001b[31mplayhead:\u001b[39m why\n');
    expect(said(true, { NO_COLOR: '' })).toContain('\u001b');
    expect(said(true, { NO_COLOR: '1' })).toBe('playhead: why\n');
    expect(said(false, {})).toBe('playhead: why\n');
  });
});
