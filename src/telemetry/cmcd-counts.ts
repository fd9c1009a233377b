import { Counter, type Registry } from 'prom-client';
import type { ReportPlaces } from '../ports/report-places.js';
import { CMCD_REJECTIONS, type CmcdRejection } from './refusals.js';

/** What became of CMCD reports beside those that were taken in their place. */
export class CmcdCounts implements ReportPlaces {
  private readonly rejectedReports: Counter;
  private readonly passedOverReports: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.rejectedReports = new Counter({
      name: 'playhead_cmcd_rejected_total',
      help: 'Lines of CMCD reports that were not taken, or late; with reason key, requests',
      labelNames: ['reason'],
      registers,
    });
    this.passedOverReports = new Counter({
      name: 'playhead_cmcd_passed_over_total',
      help: 'CMCD reports that had not come by their turn; some of them may have come later',
      registers,
    });
    // Prometheus can tell a rate only of a count that it saw before the first rise.
    for (const reason of CMCD_REJECTIONS) this.rejectedReports.inc({ reason }, 0);
  }

  rejected(reason: CmcdRejection, lines = 1): void {
    this.rejectedReports.inc({ reason }, lines);
  }

  passedOver(reports: number): void {
    this.passedOverReports.inc(reports);
  }

  cameLate(reports: number): void {
    this.rejected('late', reports);
  }
}
