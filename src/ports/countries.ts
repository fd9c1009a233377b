/** Knows in which country an address is used. */
export interface Countries {
  /**
   * Returns the country's code as the source has it; undefined if the text is no address, or its
   * country is unknown.
   */
  countryOf(address: string): string | undefined;
}
