import { PassThrough } from 'node:stream';
import { Progress } from '../../src/cli/progress.js';
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
      'copying: 110,000 of 1,000,000 events (11 %), 2,000/s, 7:25 left',
      'copying: 120,000 of 1,000,000 events (12 %), 2,000/s, 7:20 left',
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
    expect(text()).toContain('1/s, 2:46:30 left');
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
