const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Lets the arrow keys move among the buttons and links of a table; cells without are passed. */
export function moveByArrows(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  const { target } = event;
  if (step === undefined || !(target instanceof HTMLElement)) return;
  const cell = target.closest('th, td');
  const row = cell?.closest('tr');
  if (!(cell instanceof HTMLTableCellElement) || row == null) return;
  const rows = [...(row.closest('table')?.rows ?? [])];
  let [y, x] = [rows.indexOf(row), cell.cellIndex];
  let next: Element | undefined;
  let found: HTMLElement | null | undefined;
  do {
    y += step[0];
    x += step[1];
    next = rows[y]?.cells[x];
    found = next?.querySelector<HTMLElement>('button, a');
  } while (next !== undefined && found == null);
  if (found == null) return;
  event.preventDefault();
  found.focus();
}
