import { DIMENSIONS, type Dimension } from '../../../../domain/figures/dimensions.js';

/** Texts by numbers from 0 on. */
export class Dictionary {
  bytes = 0;
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];

  get size(): number {
    return this.texts.length;
  }

  /** Returns the number of a text, which gets one if it has none. */
  numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.numbers.set(text, number);
    this.texts.push(text);
    this.bytes += TEXT_BYTES + 2 * text.length;
    return number;
  }

  /** Returns the number of a text, if it has one. */
  find(text: string): number | undefined {
    return this.numbers.get(text);
  }

  textOf(number: number): string {
    return this.texts[number] ?? '';
  }
}

/** The bytes that V8 needs for a text in a map and a list, beside its characters. */
const TEXT_BYTES = 80;

/** The numbers of all texts in blocks: they grow until all blocks are forgotten with them. */
export class Dictionaries {
  readonly viewers = new Dictionary();
  /**
   * The dictionary of each dimension. '' has the number 0, so that unknown values take nothing in a
   * column.
   */
  readonly dimensions = Object.fromEntries(
    DIMENSIONS.map((dimension) => {
      const dictionary = new Dictionary();
      dictionary.numberOf('');
      return [dimension, dictionary];
    }),
  ) as Readonly<Record<Dimension, Dictionary>>;

  get bytes(): number {
    const all = [this.viewers, ...Object.values(this.dimensions)];
    return all.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
