import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { address } from '../address/router.js';
import { change, exact } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { COMPARISON_NAMES, SAYS, WORDS } from '../texts.js';
import { beforeText, judgedHere } from './change.jsx';

/** Pointers rest this long on what they mean, and cross this long from a number to its hint. */
const REST_MS = 350;
const CROSS_MS = 200;
const GAP = 4;

/** Takes the hint away that is shown elsewhere: there is one at a time. */
let hideOther = (): void => undefined;

export interface HintedProps {
  readonly reason: Reason;
  /** A card is an item of a list. */
  readonly isCard?: boolean;
  readonly children: ComponentChildren;
}

/** Says what there is to say of a number while it is pointed at or has the focus; Esc hides it. */
export function Hinted({ reason, isCard = false, children }: HintedProps): JSX.Element {
  const Tag = isCard ? 'li' : 'span';
  const [isShown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** Says whether a pointer that moved here is about to show it, or has. */
  const isAwaited = useRef(false);
  const id = useId();
  const set = (shown: boolean, afterMs: number): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (shown) hideOther();
      hideOther = () => {
        setShown(false);
      };
      setShown(shown);
    }, afterMs);
  };
  useLayoutEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  return (
    <Tag
      class={isCard ? 'card' : 'hinted'}
      aria-describedby={isShown ? id : undefined}
      onPointerMove={({ pointerType, movementX, movementY }) => {
        // A page that comes under a resting pointer enters it as well: nobody meant that.
        if (isShown || isAwaited.current || pointerType === 'touch') return;
        if (movementX === 0 && movementY === 0) return;
        isAwaited.current = true;
        set(true, REST_MS);
      }}
      onPointerLeave={() => {
        isAwaited.current = false;
        set(false, CROSS_MS);
      }}
      onFocusIn={({ target }) => {
        if ((target as Element).matches(':focus-visible')) set(true, 0);
      }}
      onFocusOut={() => {
        set(false, CROSS_MS);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isShown) return;
        // It is for the hint alone: filters stay.
        event.preventDefault();
        set(false, 0);
      }}
    >
      {children}
      {isShown && <Hint id={id} reason={reason} />}
    </Tag>
  );
}

/** The exact value, the change, and the formula with a link to where it is explained. */
function Hint({ id, reason }: { readonly id: string; readonly reason: Reason }): JSX.Element {
  const { value, missing, unit, previous, formula, section } = reason;
  const box = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    const anchor = element?.parentElement;
    if (element == null || anchor == null) return undefined;
    element.showPopover();
    const place = (): void => {
      placeAt(element, anchor.getBoundingClientRect());
    };
    place();
    addEventListener('scroll', place, true);
    return () => {
      removeEventListener('scroll', place, true);
    };
  }, []);
  const difference = previous === undefined ? undefined : change(value, previous, unit);
  return (
    <span class="hint" id={id} ref={box} popover="manual">
      <b>{exact(value, unit, missing)}</b>
      {previous !== undefined && (
        <span data-previous={previous ?? ''}>
          {SAYS.change(
            difference,
            judgedHere(reason),
            beforeText(reason),
            COMPARISON_NAMES[address.value.compare ?? 'PREVIOUS'],
          )}
        </span>
      )}
      <span>{formula}</span>
      {/* Keys lead there by way of the number's dialog, which saves a stop at each. */}
      <a href={`/dashboard/metrics.html${section}`} target="_blank" tabIndex={-1}>
        {WORDS.definition}
      </a>
    </span>
  );
}

/** Puts a hint below what it is of, or above where there is no room, and within the window. */
function placeAt(element: HTMLElement, { left, top, bottom }: DOMRect): void {
  const { offsetWidth, offsetHeight, style } = element;
  const isAbove = bottom + GAP + offsetHeight > innerHeight && top > offsetHeight + GAP;
  style.left = `${String(Math.max(8, Math.min(left, innerWidth - offsetWidth - 8)))}px`;
  style.top = `${String(isAbove ? top - offsetHeight - GAP : bottom + GAP)}px`;
}
