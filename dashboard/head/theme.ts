import { effect, signal } from '@preact/signals';
import { onDevice } from '../api/storage.js';
import { themeAfter, THEMES, type Theme } from './themes.js';

const NAME = 'playhead-theme';
const kept = onDevice?.getItem(NAME);
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

/** Goes on to the next theme. */
export const nextTheme = (): void => {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  theme.value = themeAfter(theme.value, isDark);
};
