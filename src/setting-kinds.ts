import { z } from 'zod';

const between = (min: number, max: number) =>
  z
    .number()
    .min(min, `must be ${String(min)} to ${String(max)}`)
    .max(max, `must be ${String(min)} to ${String(max)}`);

/** A whole number. */
export const whole = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(between(min, max));

/** A time in seconds, to the millisecond. */
export const seconds = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}(\.\d{1,3})?$/, 'must be a number of seconds, such as 30 or 2.5')
    .transform(Number)
    .pipe(between(min, max));

/** Values with commas between them. */
export const list = (
  pattern: (item: string) => boolean,
  rule: string,
): z.ZodType<string[], string> =>
  z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .refine((items) => items.every(pattern), rule);

/** A switch. */
export const onOrOff = z
  .enum(['on', 'off', 'true', 'false'], 'must be on or off')
  .transform((text) => text === 'on' || text === 'true');
