import { themeAfter, type Theme } from '../../dashboard/head/themes.js';

it.each([
  [false, ['auto', 'dark', 'light', 'auto']],
  [true, ['auto', 'light', 'dark', 'auto']],
] as const satisfies readonly (readonly [boolean, readonly Theme[]])[])(
  'the first press changes what is seen, be the system dark or not: %s',
  (isDark, themes) => {
    themes.slice(1).forEach((next, i) => {
      expect(themeAfter(themes[i] ?? 'auto', isDark)).toBe(next);
    });
  },
);
