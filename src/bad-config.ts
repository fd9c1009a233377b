/** Everything that is wrong with the environment, a line each. */
export class BadConfig extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'BadConfig';
  }
}
