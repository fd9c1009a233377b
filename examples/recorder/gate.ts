import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What befalls reports on their way, counted from a play's first one. */
export interface GatePlan {
  /** The reports, from a first one on, that are refused with a status, until there were enough. */
  readonly refuses?: { readonly status: number; readonly after: number; readonly count: number };
  /** Seconds, from a report on, in which all are refused; without a status nobody answers. */
  readonly fails?: { readonly status?: number; readonly after: number; readonly seconds: number };
  /** True if the answer to the first report is lost on its way back. */
  readonly losesFirstAnswer?: boolean;
}

interface Passage {
  readonly plan: GatePlan;
  reports: number;
  failsUntilMs: number | undefined;
  readonly bodies: string[];
}

/** `/<play>/<path of the server>`. */
const ADDRESS = /^\/([\w.-]+)(\/.*)$/;

/** Stands before a real server: passes on what players send, keeps a copy, or refuses it. */
export class Gate {
  private readonly passages = new Map<string, Passage>();
  private readonly server = createServer((request, response) => {
    this.take(request, response).catch(() => {
      response.destroy();
    });
  });

  constructor(private readonly playheadUrl: string) {}

  /** Listens on loopback. */
  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Opens a way to the server for a play; returns its address, which stands for the server's. */
  open(play: string, plan: GatePlan): string {
    this.passages.set(play, { plan, reports: 0, failsUntilMs: undefined, bodies: [] });
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}/${play}`;
  }

  /** The bodies of a play's reports that the server took. */
  bodiesOf(play: string): readonly string[] {
    return this.passages.get(play)?.bodies ?? [];
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, play = '', path = ''] = ADDRESS.exec(request.url ?? '') ?? [];
    const passage = this.passages.get(play);
    if (passage === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body = await buffer(request);
    if (request.method !== 'POST') return this.pass(request, response, { path, body });
    passage.reports += 1;
    const refusal = refusalOf(passage);
    if (refusal === 'silence') request.socket.destroy();
    else if (refusal !== undefined) {
      response.writeHead(refusal, { 'access-control-allow-origin': '*' }).end();
    } else await this.pass(request, response, { path, body, passage });
  }

  private async pass(
    { method, headers }: IncomingMessage,
    response: ServerResponse,
    { path, body, passage }: { path: string; body: Buffer; passage?: Passage },
  ): Promise<void> {
    const onward = ask(new URL(path, this.playheadUrl), { method, headers });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const answered = await buffer(answer);
    const { statusCode: status = 502 } = answer;
    if (passage !== undefined && status < 300) passage.bodies.push(body.toString());
    if (passage?.plan.losesFirstAnswer === true && passage.reports === 1) response.destroy();
    else response.writeHead(status, answer.headers).end(answered);
  }
}

function refusalOf(passage: Passage): number | 'silence' | undefined {
  const { refuses, fails } = passage.plan;
  if (fails !== undefined && passage.reports > fails.after) {
    passage.failsUntilMs ??= Date.now() + fails.seconds * 1_000;
    if (Date.now() < passage.failsUntilMs) return fails.status ?? 'silence';
  }
  const since = passage.reports - (refuses?.after ?? Infinity);
  return refuses !== undefined && since > 0 && since <= refuses.count ? refuses.status : undefined;
}
