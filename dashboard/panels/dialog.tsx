import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { WORDS } from '../texts.js';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A dialog over the page. Escape closes it, and the focus goes back to where it came from. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby="dialog-title"
      onClose={onClose}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close();
      }}
    >
      <div class="dialog">
        <header>
          <h2 id="dialog-title" dir="auto">
            {title}
          </h2>
          <button
            type="button"
            class="quiet"
            aria-label={WORDS.close}
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
