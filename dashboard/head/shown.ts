import { signal } from '@preact/signals';

/** Dialogs that keys open as well as buttons. */
export const isHelpShown = signal(false);
export const isCalendarShown = signal(false);

/** What is searched for in the head. */
export const searched = signal('');
