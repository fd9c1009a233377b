import { Command } from '@nestjs/cqrs';
import type { StreamQuality } from '../domain/quality.js';

export interface ReportReceipt {
  readonly reportId: string;
  readonly isDuplicate: boolean;
  /** For a repeated report, no lower than the position of the first. */
  readonly position: number;
}

/** A player's summary of a view, checked; seconds are whole. */
export interface StreamingQuality {
  readonly mediaId: string;
  readonly quality: StreamQuality;
  readonly bufferingEvents: number;
  readonly watchMs: number;
  /** Undefined: the handler draws an id. */
  readonly reportId?: string;
}

/** Records a quality report, unless its media item has a report with its id. */
export class ReportStreamingQualityCommand extends Command<ReportReceipt> {
  constructor(readonly report: StreamingQuality) {
    super();
  }
}
