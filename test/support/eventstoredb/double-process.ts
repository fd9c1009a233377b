import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { AppendFault } from './faults.js';

const TYPESCRIPT = fileURLToPath(new URL('../typescript.mjs', import.meta.url));
const SERVE = fileURLToPath(new URL('./serve.ts', import.meta.url));

/** The double of EventStoreDB in a process of its own, with the commands of `serve.ts`. */
export class DoubleProcess {
  private constructor(
    readonly url: string,
    private readonly send: (line: string) => Promise<string>,
    /** Pauses it (SIGSTOP), or lets it go on (SIGCONT). */
    readonly signal: (name: 'SIGSTOP' | 'SIGCONT') => void,
    /** Ends the process, and its log with it. */
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<DoubleProcess> {
    const child = spawn(process.execPath, ['--import', TYPESCRIPT, SERVE], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const nextLine = async (): Promise<string> => {
      const line = await lines.next();
      if (line.done === true) throw new Error('the double of EventStoreDB has ended');
      return line.value;
    };
    const port = await nextLine();
    const send = (line: string): Promise<string> => {
      child.stdin.write(`${line}\n`);
      return nextLine();
    };
    const stop = async (): Promise<void> => {
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
    };
    const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
      child.kill(name);
    };
    return new DoubleProcess(`esdb://127.0.0.1:${port}?tls=false`, send, signal, stop);
  }

  /** Gone with all connections; the log stays. */
  async down(): Promise<void> {
    await this.send('down');
  }

  async up(): Promise<void> {
    await this.send('up');
  }

  /** Sets its clock so far ahead of this machine's. */
  async setClock(offsetMs: number): Promise<void> {
    await this.send(`clock ${String(offsetMs)}`);
  }

  /** The connection string of a relay before it that compresses messages, as a server does. */
  relay(): Promise<string> {
    return this.send('relay');
  }

  /** How many events it holds. */
  async count(): Promise<number> {
    return Number(await this.send('count'));
  }

  /** Restarts it from a backup that was made when it held so many events. */
  async putBackTo(count: number): Promise<void> {
    await this.send(`put-back ${String(count)}`);
  }

  /** Makes the next appends go wrong. */
  async fault(kind: AppendFault, times = 1): Promise<void> {
    await this.send(`fault ${kind} ${String(times)}`);
  }

  /** How many of them are still to come. */
  async faultsToCome(): Promise<number> {
    return Number(await this.send('faults'));
  }

  /** Lets late replies go. */
  async release(): Promise<void> {
    await this.send('release');
  }
}
