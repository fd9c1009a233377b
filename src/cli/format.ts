/** Separates thousands by commas, whatever the machine's language. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** Writes a count with its noun: 1 event, 2 events. */
export const formatCounted = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

export const formatDecimals = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Writes a figure with some decimals; a figure too small for them gets two digits, to be seen. */
export const formatAmount = (value: number, digits: number): string =>
  value > 0 && value < 10 ** -digits
    ? value.toLocaleString('en-US', { maximumSignificantDigits: 2 })
    : formatDecimals(value, digits);

const KIB = 2 ** 10;
const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Writes a size as people say it: 1234567 is 1.2 MiB. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // A value that would be shown as 1024.0 is shown as 1.0 of the next unit.
  while (Math.round(value * 10) >= KIB * 10 && unit < BYTE_UNITS.length - 1) {
    value /= KIB;
    unit += 1;
  }
  const amount = unit === 0 ? formatCount(Math.round(value)) : value.toFixed(1);
  return `${amount} ${BYTE_UNITS[unit] ?? ''}`;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** Writes a duration in words, no finer than matters: 445 is 7 min 25 s. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < MINUTE_S) return `${String(whole)} s`;
  const minutes = Math.ceil(whole / MINUTE_S);
  return whole < HOUR_S
    ? `${String(Math.floor(whole / MINUTE_S))} min ${String(whole % MINUTE_S)} s`
    : `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** Writes minutes and seconds as players show them: 125.4 is 2:05. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = formatCount(Math.floor(whole / MINUTE_S));
  return `${minutes}:${String(whole % MINUTE_S).padStart(2, '0')}`;
}

const LEVELS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Draws a character for each value, as high as its part of the largest; 0 is a blank. */
export function formatBars(values: readonly number[], largest: number): string {
  return values
    .map((value) => LEVELS[value <= 0 ? 0 : Math.max(1, Math.round((value / largest) * 8))])
    .join('');
}

/** Characters that a terminal draws in two columns: the scripts of East Asia, and emoji. */
const EAST_ASIA =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;

const CHARACTERS = new Intl.Segmenter('en');

/** Splits a text into what people see as characters, each with the columns that it takes. */
const charactersOf = (text: string): readonly { readonly text: string; readonly width: number }[] =>
  Array.from(CHARACTERS.segment(text), ({ segment }) => ({
    text: segment,
    width: EAST_ASIA.test(segment) || EMOJI.test(segment) ? 2 : 1,
  }));

/** Returns the columns that a text takes on a terminal, as far as its characters tell. */
export const widthOf = (text: string): number =>
  charactersOf(text).reduce((sum, { width }) => sum + width, 0);

/** Cuts a text to a number of columns; three dots end a text that was cut. */
export function cutTo(text: string, widthMax: number): string {
  if (widthOf(text) <= widthMax) return text;
  let [cut, room] = ['', widthMax - 3];
  for (const character of charactersOf(text)) {
    room -= character.width;
    if (room < 0) break;
    cut += character.text;
  }
  return `${cut}...`;
}

/** Fills a text up with blanks to a number of columns. */
export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));
