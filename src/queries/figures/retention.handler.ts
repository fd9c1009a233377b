import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { MEDIA, type MediaDocument } from '../../../projections/popularity.js';
import { QUARTER_MS, SECOND_MS } from '../../domain/time.js';
import { ReadModels } from '../read-models.js';
import { byQuarterHours } from '../ranges/stretch.js';
import { FigureReading } from './figure-reading.js';
import { knownZone } from '../ranges/time-zone.js';
import { RetentionQuery, type RetentionCurve } from './retention.query.js';
import { SliceReading } from './slice-reading.js';

@QueryHandler(RetentionQuery)
export class RetentionHandler implements IQueryHandler<RetentionQuery> {
  constructor(
    private readonly readModels: ReadModels,
    private readonly figures: FigureReading,
    private readonly slices: SliceReading,
  ) {}

  async execute({ mediaId, wanted, terms }: RetentionQuery): Promise<RetentionCurve> {
    knownZone(wanted.range.timeZone);
    const stretch = this.figures.readable(byQuarterHours(wanted.range), QUARTER_MS);
    const registeredMs = await this.registeredMs(mediaId, terms.readAfter);
    const asked = {
      stretch,
      mediaId,
      filters: wanted.filters,
      ...(registeredMs !== undefined && { registeredMs }),
    };
    // Nothing is kept of a range that ends before what is kept.
    const answer =
      stretch.from < stretch.to
        ? await this.slices.readRetention(asked, terms)
        : { ...NOTHING, ...(registeredMs !== undefined && { lengthMs: registeredMs }) };
    const { lengthMs, sampled, counted, shown, played } = answer;
    const hasCurve = lengthMs !== undefined && counted > 0;
    return {
      mediaId,
      duration: lengthMs === undefined ? null : lengthMs / SECOND_MS,
      views: answer.views,
      audience: hasCurve ? shown.map((views) => views / counted) : [],
      // A step has as many hundredths of milliseconds as the title has milliseconds.
      plays: hasCurve ? played.map((hundredths) => hundredths / (counted * lengthMs)) : [],
      sampled,
    };
  }

  /** Returns the length that the title is registered with. */
  private registeredMs(mediaId: string, readAfter: number | undefined) {
    const key = MEDIA.key(mediaId);
    return this.readModels.read(['popularity'], readAfter, async ({ popularity }) => {
      const found = await popularity.get<MediaDocument>([key]);
      return found.get(key)?.description?.durationMs;
    });
  }
}

const NOTHING = { views: 0, counted: 0, shown: [], played: [], sampled: 1 };
