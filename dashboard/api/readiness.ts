import { computed, effect, signal } from '@preact/signals';

/** What is being asked now; the page is ready while that is nothing. */
const asking = signal(0);
/** Says whether something is being asked. */
export const isBusy = computed(() => asking.value > 0);

/** Marks the document as ready while nothing is asked. */
export function markReadiness(): void {
  effect(() => {
    const { dataset } = document.documentElement;
    if (isBusy.value) {
      delete dataset.ready;
      return;
    }
    const timer = setTimeout(() => {
      dataset.ready = '';
    });
    return () => {
      clearTimeout(timer);
    };
  });
}

/** Counts as being asked until the function that it returns is called. */
export function beginAsking(): () => void {
  asking.value += 1;
  let isOver = false;
  return () => {
    if (!isOver) asking.value -= 1;
    isOver = true;
  };
}
