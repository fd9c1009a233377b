/** The colours of lines, as CSS knows them; more lines than colours begin again. */
const LINES = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5'];

export const lineVariable = (index: number): string => LINES[index % LINES.length] ?? '--line-1';

/** Works out what a variable of the styles comes to: a canvas does not know them. */
export function resolved(variable: string, probe: HTMLElement): string {
  probe.style.color = `var(${variable})`;
  return getComputedStyle(probe).color;
}

export const faded = (colour: string, share: number): string =>
  colour.replace(/^rgba?\(([^,)]+),([^,)]+),([^,)]+).*$/, `rgba($1,$2,$3,${String(share)})`);
