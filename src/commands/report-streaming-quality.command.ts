import { Command } from '@nestjs/cqrs';
import type { StreamQuality } from '../domain/quality.js';

export interface ReportReceipt {
  readonly reportId: string;
  readonly isDuplicate: boolean;
  /** Not below that of the report which it repeats. */
  readonly position: number;
}

/** A player's summary of a view, checked; seconds are whole. */
export interface StreamingQuality {
  readonly mediaId: string;
  readonly quality: StreamQuality;
  readonly bufferingEvents: number;
  readonly watchMs: number;
  /** Unset: an id is drawn. */
  readonly reportId?: string;
}

/** Records a quality report, unless one with its id was recorded for its media item. */
export class ReportStreamingQualityCommand extends Command<ReportReceipt> {
  constructor(readonly report: StreamingQuality) {
    super();
  }
}
