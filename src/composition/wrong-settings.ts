/** The viewer secret is not the log's, or cannot be used; the message says what to do. */
export class WrongViewerSecret extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongViewerSecret';
  }
}

/** The data folder's log was written under another prefix: its events would not be found. */
export class WrongPrefix extends Error {
  constructor() {
    super('EVENTSTORE_PREFIX is not the one that this data folder was written with: set that one');
    this.name = 'WrongPrefix';
  }
}
