/** Knows in which country an address is used. */
export interface Countries {
  /** A code, as the source has it; undefined for what is no address, or of no known country. */
  countryOf(address: string): string | undefined;
}
