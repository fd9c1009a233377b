import type { JSX } from 'preact';

const HEIGHT = 100;
const GAP = 0.25;

export interface BarsProps {
  readonly values: readonly number[];
  /** The bar that the cursor is at; undefined: none. */
  readonly cursor: number | undefined;
}

/** Bars side by side, the last one still growing. */
export function Bars({ values, cursor }: BarsProps): JSX.Element {
  const high = Math.max(...values, 1);
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${String(values.length)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {cursor !== undefined && <rect class="cursor" x={cursor} y="0" width="1" height={HEIGHT} />}
      {values.map((value, i) => {
        const height = Math.max((value / high) * HEIGHT, value > 0 ? 1.5 : 0.5);
        return (
          <rect
            key={i}
            class={i === values.length - 1 ? 'open' : ''}
            x={i + GAP / 2}
            y={HEIGHT - height}
            width={1 - GAP}
            height={height}
          />
        );
      })}
    </svg>
  );
}
