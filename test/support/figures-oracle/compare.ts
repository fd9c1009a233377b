import type { Figures, Metric } from '../../../src/queries/figures/figures.query.js';

/** Sums and quotients to ten digits; startup times are told within 1 %. */
export function expectSame(found: Figures, expected: Figures): void {
  const { startupTime, ...rest } = found;
  const { startupTime: exact, ...wanted } = expected;
  expect(rounded(rest)).toEqual(rounded(wanted));
  expect(startupTime?.count).toBe(exact?.count);
  for (const name of ['p50', 'p75', 'p95'] as const) {
    expectNear(startupTime?.[name] ?? null, exact?.[name] ?? null);
  }
}

/** The figures of an answer of the API, times as numbers. */
export const figuresIn = (told: Figures): Figures => ({
  ...told,
  peakAt: told.peakAt === null ? null : Date.parse(String(told.peakAt)),
});

/** A value with all its numbers to ten digits. */
export const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === 'number' ? Number(one.toPrecision(10)) : one,
    ),
  );

function expectNear(found: number | null, exact: number | null): void {
  expect(found === null).toBe(exact === null);
  const error = Math.abs((found ?? 0) - (exact ?? 0));
  expect(error).toBeLessThanOrEqual((exact ?? 0) * 0.010_001 + 1e-9);
}

/** Compares the values of a series. */
export function expectNearAll(
  found: readonly (number | null)[],
  exact: readonly (number | null)[],
  metric: Metric,
): void {
  if (!metric.startsWith('STARTUP')) expect(rounded(found)).toEqual(rounded(exact));
  else for (const [i, value] of found.entries()) expectNear(value, exact[i] ?? null);
}
