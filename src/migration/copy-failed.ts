/** The reason why a log cannot be copied, for people; `stream` is the stream in the way, if any. */
export class CopyFailed extends Error {
  constructor(
    message: string,
    readonly stream?: string,
  ) {
    super(message);
    this.name = 'CopyFailed';
  }
}
