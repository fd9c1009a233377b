/** Does something before and after a call, or instead of it. */
export type Around = <Result>(
  step: string,
  call: () => Promise<Result>,
  parameters: readonly unknown[],
) => Promise<Result>;

/** What is no call to a store: it registers a listener, or ends everything. */
const LEFT_ALONE: ReadonlySet<string | symbol> = new Set(['onAppended', 'wake', 'close']);

/** A port all of whose calls go through a function. */
export function intercept<Port extends object>(port: Port, around: Around): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name === 'symbol') return member;
      const method = member.bind(target) as (...args: unknown[]) => unknown;
      if (LEFT_ALONE.has(name)) return method;
      return (...args: unknown[]) =>
        around(
          name,
          () =>
            new Promise((resolve) => {
              resolve(method(...args));
            }),
          args,
        );
    },
  });
}

export type Moment = 'before' | 'after';

/**
 * Counts the calls of some ports, or those of one name, and does something at one of them: before
 * or after it.
 */
export class Countdown {
  /** How many calls there were. */
  calls = 0;
  /** The name of the call at which it was done. */
  step: string | undefined;

  constructor(
    private readonly at: number,
    private readonly moment: Moment,
    private readonly strike: (step: string) => void,
    private readonly name?: string,
  ) {}

  readonly around: Around = async (step, call) => {
    const isCounted = this.name === undefined || this.name === step;
    if (isCounted) this.calls += 1;
    const isIt = isCounted && this.calls === this.at;
    if (isIt) this.step = step;
    if (isIt && this.moment === 'before') this.strike(step);
    const result = await call();
    if (isIt && this.moment === 'after') this.strike(step);
    return result;
  };
}
