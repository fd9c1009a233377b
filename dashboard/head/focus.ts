const FOCUSABLE = 'a[href], button:not(:disabled), input, select, [tabindex]';

/**
 * Gives the focus to what is near where what had it was taken away: a chip, a row, a dialog that a
 * choice closed, a button that can go no further. Else it would be nowhere, and the next key at the
 * top of the page.
 */
export function followFocus(): void {
  /** What had the focus last, and what it stood in, from the inside out. */
  let path: readonly Element[] = [];
  addEventListener('focusin', ({ target }) => {
    path = ancestorsOf(target as Element);
  });
  // Whoever presses on nothing takes it away on purpose.
  addEventListener('pointerdown', () => {
    path = [];
  });
  new MutationObserver(() => {
    const [last] = path;
    if (last === undefined || (last.isConnected && !last.matches(':disabled'))) return;
    const { activeElement, body } = document;
    if (activeElement !== body && activeElement !== last) return;
    const near = path.find((one) => one !== last && one.isConnected && one.id !== 'main');
    const found = near === body ? null : near?.querySelector<HTMLElement>(FOCUSABLE);
    (found ?? document.getElementById('main'))?.focus();
  }).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled'],
  });
}

const ancestorsOf = (element: Element | null): readonly Element[] =>
  element === null ? [] : [element, ...ancestorsOf(element.parentElement)];
