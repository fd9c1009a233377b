/** What to do about a code of docs/errors.md. */
export const REMEDIES: Readonly<Record<string, string>> = {
  READ_MODEL_BEHIND: 'The figures are not that far yet. This asks again by itself.',
  OVERLOADED: 'The server is busy. This asks again by itself.',
  RATE_LIMITED: 'This key asked more than its rate allows. This asks again by itself.',
  QUERY_TOO_COMPLEX: 'Choose a shorter range, fewer filters or a longer interval.',
  BAD_USER_INPUT: 'A value of the address is not what the server takes: take the filter away.',
  UNAUTHENTICATED: 'Enter a read key.',
  FORBIDDEN: 'This key does not open it.',
  STORE_UNAVAILABLE: 'A store does not answer. Try again in a moment.',
  TIMEOUT: 'It took too long. Choose a shorter range, or try again.',
  CONFLICT: 'Do what the message says first.',
  PAGE_NOT_LOADED: 'The server may have been upgraded: load the page again.',
  OFFLINE: 'The server cannot be reached. This asks again by itself.',
  INTERNAL: 'The log of the server says what failed.',
};

export const OTHER_REMEDY = 'docs/errors.md says what the code means.';
