/** The colours of lines, as CSS knows them; more lines than colours begin again. */
const LINES = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5'];

export const lineVariable = (index: number): string => LINES[index % LINES.length] ?? '--line-1';

/** Works out what a variable of the styles comes to: a canvas does not know them. */
export function resolved(variable: string, probe: HTMLElement): string {
  probe.style.color = `var(${variable})`;
  return getComputedStyle(probe).color;
}

/** Mixes a colour with the ground, for what lies upon something else: nothing shines through. */
export function mixed(colour: string, ground: string, share: number): string {
  const [of, on] = [colour, ground].map((one) => [...one.matchAll(/[\d.]+/g)].map(Number));
  const parts = [0, 1, 2].map((i) => (of?.[i] ?? 0) * share + (on?.[i] ?? 0) * (1 - share));
  return `rgb(${parts.map(Math.round).join(',')})`;
}

export const faded = (colour: string, share: number): string =>
  colour.replace(/^rgba?\(([^,)]+),([^,)]+),([^,)]+).*$/, `rgba($1,$2,$3,${String(share)})`);
