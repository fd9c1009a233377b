/** Counts the bytes that hls.js loads. Plain browser JavaScript, used by playhead-reporter.js. */

/**
 * Bytes that came in and were not yet reported, by quality. It counts bytes that were really
 * transferred: also those of a fragment that is still under way, or that hls.js gave up.
 */
export class PlayheadLoads {
  /** Fragments whose bytes may still grow, each with the label of its quality. */
  #loading = new Map();
  /** Bytes counted so far, by hls.js' statistics object (each attempt has its own). */
  #counted = new WeakMap();
  #bytes = new Map();

  /** Follows a fragment from FRAG_LOADING on, before a new attempt replaces the statistics. */
  begin(frag, label) {
    if (this.#loading.has(frag)) this.#count(frag);
    this.#loading.set(frag, label);
  }

  /** True if there are bytes to take. */
  get any() {
    for (const frag of this.#loading.keys()) this.#count(frag);
    return this.#bytes.size > 0;
  }

  /** Returns the bytes since the last call: a Map from label to bytes. */
  take() {
    for (const frag of this.#loading.keys()) this.#count(frag);
    const bytes = this.#bytes;
    this.#bytes = new Map();
    return bytes;
  }

  #count(frag) {
    const { stats } = frag;
    const label = this.#loading.get(frag);
    const fresh = stats.loaded - (this.#counted.get(stats) ?? 0);
    if (fresh > 0) this.#bytes.set(label, (this.#bytes.get(label) ?? 0) + fresh);
    this.#counted.set(stats, stats.loaded);
    if (stats.aborted || stats.loading.end > 0) this.#loading.delete(frag);
  }
}
