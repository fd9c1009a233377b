import { effect, signal } from '@preact/signals';
import { onDevice } from '../api/storage.js';

const NAME = 'playhead-theme';
const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const kept = onDevice?.getItem(NAME);
export function themeAfter(theme: Theme, isSystemDark: boolean): Theme {
  const [other, own]: readonly Theme[] = isSystemDark ? ['light', 'dark'] : ['dark', 'light'];
  if (theme === 'auto') return other ?? 'auto';
  return theme === other ? (own ?? 'auto') : 'auto';
}

export const theme = signal<Theme>(THEMES.find((one) => one === kept) ?? 'auto');

/** Grows with every change of colours, so that what is drawn on a canvas is drawn anew. */
export const colours = signal(0);

/** Puts the theme on the document, keeps it, and follows the system's. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    onDevice?.setItem(NAME, theme.value);
    colours.value = colours.peek() + 1;
  });
  // Paper is white: what is drawn takes the colours for it, and back.
  const wear = (worn: Theme) => (): void => {
    document.documentElement.dataset.theme = worn;
    colours.value += 1;
  };
  addEventListener('beforeprint', wear('light'));
  addEventListener('afterprint', () => {
    wear(theme.peek())();
  });
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', () => {
      colours.value += 1;
    });
  }
}

/** Goes on to the next theme: from the system's first to the other one, so that it is seen. */
export const nextTheme = (): void => {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  theme.value = themeAfter(theme.value, isDark);
};
