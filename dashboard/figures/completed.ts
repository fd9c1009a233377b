import type { Figures } from '../api/schema.js';

/** Returns how many views were completed; null where no player tells, of however many views. */
export function completedOf({
  views,
  viewsWithoutStates,
  completionRate,
}: Pick<Figures, 'views' | 'viewsWithoutStates' | 'completionRate'>): number | null {
  if (completionRate === null) return views > 0 ? null : 0;
  return Math.round(completionRate * (views - viewsWithoutStates));
}
