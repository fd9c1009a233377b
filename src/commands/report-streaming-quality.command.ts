import { Command } from '@nestjs/cqrs';
import type { StreamQuality } from '../domain/quality.js';

/** A player's summary of a view, checked; seconds are whole. */
export interface StreamingQuality {
  readonly mediaId: string;
  readonly quality: StreamQuality;
  readonly bufferingEvents: number;
  readonly watchMs: number;
}

/** Records a quality report; each is new. */
export class ReportStreamingQualityCommand extends Command<{
  readonly reportId: string;
  readonly position: number;
}> {
  constructor(readonly report: StreamingQuality) {
    super();
  }
}
