import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  RecordCmcdReportsCommand,
  type SentCmcdReport,
} from '../../commands/record-cmcd-reports.command.js';
import { PlayheadError } from '../../domain/errors.js';
import { withoutPrivate, type SessionContext } from '../../domain/session-context.js';
import { cleanContext } from '../../domain/stated-context.js';
import { checkId } from '../../domain/checked-values.js';
import { CLOCK, type Clock } from '../../ports/clock.js';
import { LOG_START } from '../../ports/event-store.js';
import { IDENTITY, type Identity } from '../../ports/identity.js';
import { IngestTally, INVALID } from '../../telemetry/ingest-tally.js';
import { Seldom } from '../../telemetry/seldom.js';
import { Telemetry } from '../../telemetry/telemetry.js';
import type { EdgeFindings } from '../context/edge-context.js';
import { readCmcdLine, type LineFault, type RateReading } from './read-line.js';

export const RATE_READING = Symbol('RateReading');

/** Takes in the CMCD reports of players, line by line. */
@Injectable()
export class CmcdIntake {
  @Inject(RATE_READING) private readonly rates!: RateReading;
  private readonly seldom = new Seldom();

  constructor(
    private readonly commandBus: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly telemetry: Telemetry,
  ) {}

  /** Records the readable lines. Throws STORE_UNAVAILABLE if not all of them could be stored. */
  async record(lines: readonly string[], request: CmcdRequest): Promise<CmcdReceipt> {
    const rejected: RejectedLine[] = [];
    const taken: { index: number; sent: SentCmcdReport }[] = [];
    const about = this.about(request);
    lines.forEach((line, index) => {
      const read = this.read(line, about);
      if (typeof read === 'string') rejected.push({ index, reason: read });
      else taken.push({ index, sent: read });
    });
    const isHeldBack = request.isStrict && rejected.length > 0;
    const position = isHeldBack ? LOG_START : await this.store(taken, rejected, request.findings);
    this.count(taken.length, rejected, request.findings);
    return { position, rejected };
  }

  private async store(
    taken: readonly { readonly index: number; readonly sent: SentCmcdReport }[],
    rejected: RejectedLine[],
    { isBot }: EdgeFindings,
  ): Promise<number> {
    if (taken.length === 0 || isBot) return LOG_START;
    const reports = taken.map(({ sent }) => sent);
    const newest = Math.max(...reports.map(({ report }) => report.at));
    const clockErrorMs = this.clock.now() - newest;
    const outcomes = await this.commandBus.execute(
      new RecordCmcdReportsCommand(reports, clockErrorMs),
    );
    let position = LOG_START;
    outcomes.forEach((outcome, place) => {
      if (outcome.kind === 'taken') position = Math.max(position, outcome.position);
      // Only a session that is full is a rule that no report can keep.
      else if (outcome.error.code !== 'BAD_USER_INPUT') throw outcome.error;
      else rejected.push({ index: taken[place]?.index ?? place, reason: 'session-full' });
    });
    return position;
  }

  private read(line: string, about: ReturnType<CmcdIntake['about']>): SentCmcdReport | LineFault {
    const read = readCmcdLine(line, this.rates);
    if (typeof read === 'string') return read;
    const { sessionId, isLive, report } = read;
    const mediaId = read.mediaId ?? about.mediaId;
    if (mediaId === undefined) return 'media';
    const context = isLive === undefined ? about.context : { ...about.context, live: isLive };
    return {
      report,
      sender: {
        mediaId,
        sessionId,
        ...about.viewer,
        ...(Object.keys(context).length > 0 && { context }),
        ...about.edge,
      },
    };
  }

  /** Returns the facts that hold for all lines of a request. */
  private about({ parameters, findings }: CmcdRequest) {
    const { filled, isPrivate } = findings;
    const stated = cleanContext(
      Object.fromEntries(STATED.map((name) => [name, parameters[name]] as const)),
    );
    const context: SessionContext = isPrivate ? withoutPrivate(stated) : stated;
    const userId = idIn(parameters.viewer);
    return {
      context,
      mediaId: idIn(parameters.media),
      viewer: userId === undefined ? {} : { viewerId: this.identity.viewerId(userId) },
      edge: Object.keys(filled).length > 0 ? { filled } : {},
    };
  }

  private count(taken: number, rejected: readonly RejectedLine[], { isBot }: EdgeFindings): void {
    const tally = new IngestTally();
    for (let i = 0; i < taken; i += 1) tally.add(CMCD, isBot ? 'bot' : 'accepted');
    for (const { reason } of rejected) {
      tally.add(INVALID, 'invalid');
      this.telemetry.cmcd.rejected(reason);
    }
    tally.tell(this.telemetry);
    const [first] = rejected;
    if (first !== undefined && this.seldom.may(first.reason)) {
      log.warn(`${String(rejected.length)} lines of a CMCD report were not taken: ${first.reason}`);
    }
  }
}

/**
 * The parameters of the address, which state what CMCD does not carry. An operator may write
 * anything there.
 */
type CmcdParameters = Readonly<Record<string, unknown>>;

export interface CmcdRequest {
  readonly parameters: CmcdParameters;
  readonly findings: EdgeFindings;
  /** Says whether one rejected line keeps all lines from being stored. */
  readonly isStrict: boolean;
}

interface RejectedLine {
  readonly index: number;
  readonly reason: LineFault | 'session-full';
}

export interface CmcdReceipt {
  readonly position: number;
  /** The rejected lines, by their place from 0, and the reasons. */
  readonly rejected: readonly RejectedLine[];
}

/** The parts of the session's context that an address may state. */
const STATED = ['player', 'app', 'cdn', 'custom1', 'custom2', 'custom3'] as const;
/** The type as which CMCD reports are counted in the metrics. */
const CMCD = 'cmcd';

const log = new Logger('Cmcd');

/** Returns an id from the address; undefined for a value that cannot be an id. */
function idIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  try {
    return checkId('id', value);
  } catch (error) {
    if (error instanceof PlayheadError) return undefined;
    throw error;
  }
}
