import type { Figures } from '../api/schema.js';

type Ends = Pick<Figures, 'views' | 'viewsWithoutStates' | 'completionRate'>;

/** Returns how many views were completed; null where no player tells, of however many views. */
export function completedOf({ views, viewsWithoutStates, completionRate }: Ends): number | null {
  if (completionRate === null) return views > 0 ? null : 0;
  return Math.round(completionRate * (views - viewsWithoutStates));
}

/** Returns how many views were not completed, those under way too; null where no player tells. */
export function leftEarlyOf(figures: Ends): number | null {
  const completed = completedOf(figures);
  return completed === null ? null : figures.views - figures.viewsWithoutStates - completed;
}
