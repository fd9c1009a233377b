/** Why a log cannot be copied, for people to read; `stream` is the one in the way, if one is. */
export class CopyFailed extends Error {
  constructor(
    message: string,
    readonly stream?: string,
  ) {
    super(message);
    this.name = 'CopyFailed';
  }
}
