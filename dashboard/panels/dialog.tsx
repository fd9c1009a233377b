import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { LATER_WORDS } from '../texts-later.js';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A dialog over the page. Escape closes it, and the focus goes back to where it came from. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // However it goes: closing gives the focus back.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onClose={onClose}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close();
      }}
    >
      <div class="dialog">
        <header>
          <h2 id={id} dir="auto">
            {title}
          </h2>
          <button
            type="button"
            class="quiet"
            aria-label={LATER_WORDS.close}
            onClick={() => {
              element.current?.close();
            }}
          >
            ✕
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
