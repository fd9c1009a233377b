import { Agents } from '../../../src/api/context/agents.js';
import { AGENTS } from './agents.js';

describe('an agent', () => {
  it.each(AGENTS.map((one) => [one.name, one] as const))('is known: %s', (_, one) => {
    const { context, isProgram } = new Agents().agentOf(one.headers);
    const { device = '-', os = '-', browser = '-' } = context;
    expect([device, os, browser]).toEqual(one.known);
    expect(isProgram).toBe(one.isProgram ?? false);
  });

  it('is not taken for another with other hints', () => {
    const agents = new Agents();
    const devices = AGENTS.map((one) => agents.agentOf(one.headers).context);
    expect(AGENTS.map((one) => agents.agentOf(one.headers).context)).toEqual(devices);
    expect(devices).toEqual(AGENTS.map((one) => new Agents().agentOf(one.headers).context));
  });

  it('is read once', () => {
    const agents = new Agents();
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/1 Firefox/1' };
    expect(agents.agentOf({ ...headers })).toBe(agents.agentOf({ ...headers }));
  });

  it.each([
    ['spaces', ' '],
    ['slashes', 'a/'],
    ['brackets', '('],
    ['digits', '1'],
    ['dots', 'a.'],
    ['watches', 'watch '],
    ['Macintoshes', 'Macintosh '],
    ['phones', 'iPhone '],
    ['quotes', '"a";v="1'],
  ])('of 15,000 %s is read in no time', (_, part) => {
    const text = part.repeat(15_000 / part.length);
    const headers = { 'sec-ch-ua': text, 'sec-ch-ua-platform': text, 'sec-ch-ua-mobile': text };
    const begun = performance.now();
    for (const agent of [text, `Mozilla/5.0 ${text}`]) {
      new Agents().agentOf({ ...headers, 'user-agent': agent });
    }
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('gives names that are known, whatever it says', () => {
    const { context } = new Agents().agentOf({
      'user-agent': 'Mozilla/5.0 (Anna-Schmidt) Anna-Schmidt/4711 (anna@example.org)',
      'sec-ch-ua': '"Anna Schmidt";v="1"',
      'sec-ch-ua-platform': '"Anna Schmidt"',
    });
    expect(context).toEqual({});
  });
});
