/** A browser may block a page's storage: then nothing is kept, and the page works without. */
function storageOf(kind: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return window[kind];
  } catch {
    return undefined;
  }
}

/** What this device keeps. */
export const onDevice = storageOf('localStorage');
/** What this tab keeps. */
export const inTab = storageOf('sessionStorage');
