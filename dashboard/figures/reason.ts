import type { Question } from '../api/document.js';
import type { Figures } from '../api/schema.js';
import type { Column } from './metrics.js';
import type { Unit } from './unit.js';

/** What there is to say of one number. */
export interface Reason {
  /** What scripts know it by: its name in `Metric`, or that of its field. */
  readonly metric: string;
  readonly label: string;
  readonly value: number | null;
  /** What it means that there is no value; undefined: what it usually does in the unit. */
  readonly missing?: string | undefined;
  readonly unit: Unit;
  /** The value of the period before, where there is one. */
  readonly previous?: number | null | undefined;
  /** What is better: more of it, less of it, or neither. */
  readonly better?: 'more' | 'less' | undefined;
  /** Of how many a rate or an average is, now or before, whichever is less. */
  readonly ofCount?: number | undefined;
  /** How it is worked out, in the words of docs/metrics.md, and where that stands. */
  readonly formula: string;
  readonly section: string;
  readonly question: Question;
  /** Whether it is exact, an estimate, or of a sample; undefined: that follows from `behind`. */
  readonly certainty: string | undefined;
  /** The metric and the figures that it is of, where it is one of these, and the share read. */
  readonly behind?:
    { readonly metric: Column; readonly figures: Figures; readonly sampled: number } | undefined;
  /** Where it leads on to: the title's sessions, the session's events. */
  readonly link?: { readonly href: string; readonly text: string } | undefined;
}
