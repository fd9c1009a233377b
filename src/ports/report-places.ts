/** Counts CMCD reports that did not come in their place. */
export interface ReportPlaces {
  /** Reports were passed over, as they had not come by their turn. */
  passedOver(reports: number): void;
  /** Reports came after they had been passed over. */
  cameLate(reports: number): void;
}

export const REPORT_PLACES = Symbol('ReportPlaces');
