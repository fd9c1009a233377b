/** What a figure is measured in. */
export type Unit =
  | 'count'
  | 'seconds'
  | 'rate'
  | 'mbps'
  | 'bytes'
  | 'usd'
  | 'perHour'
  /** Seconds told to the hundredth, as startup times are. */
  | 'moment';
