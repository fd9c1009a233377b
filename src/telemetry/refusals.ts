/** The reasons for which a request is refused before the server looks at it closely. */
export const SHED_REASONS = ['overloaded', 'lagging', 'rate_limited'] as const;
export type ShedReason = (typeof SHED_REASONS)[number];

/** The reasons for which lines of CMCD reports are rejected. */
export const CMCD_REJECTIONS = [
  'unreadable',
  'version',
  'event',
  'time',
  'session',
  'media',
  'session-full',
  'late',
  'key',
] as const;
export type CmcdRejection = (typeof CMCD_REJECTIONS)[number];
