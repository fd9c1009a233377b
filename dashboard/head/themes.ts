/** Whose colours the page has: the system's, or always the light or the dark ones. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The next theme: from the system's first to the other one, so that the press is seen. */
export function themeAfter(theme: Theme, isSystemDark: boolean): Theme {
  const [other, own]: readonly Theme[] = isSystemDark ? ['light', 'dark'] : ['dark', 'light'];
  if (theme === 'auto') return other ?? 'auto';
  return theme === other ? (own ?? 'auto') : 'auto';
}
