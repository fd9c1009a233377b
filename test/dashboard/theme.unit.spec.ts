Object.assign(globalThis, { localStorage: { getItem: () => null, setItem: () => undefined } });
// It knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { themeAfter } = await load<{
  readonly themeAfter: (theme: string, isSystemDark: boolean) => string;
}>('../../dashboard/head/theme.js');

it.each([
  [false, ['auto', 'dark', 'light', 'auto']],
  [true, ['auto', 'light', 'dark', 'auto']],
])('the first press changes what is seen, be the system dark or not: %s', (isDark, themes) => {
  themes.slice(1).forEach((next, i) => {
    expect(themeAfter(themes[i] ?? '', isDark)).toBe(next);
  });
});
