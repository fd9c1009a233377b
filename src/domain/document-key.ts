/** Joins the parts of a document key; U+001F cannot occur in a part, since input refuses it. */
export const KEY_SEPARATOR = '\u001f';

/** Digits that keep day, hour and minute numbers in order as text until the year 3000. */
const NUMBER_DIGITS = 9;

/** Returns a key of a document as people read it. */
export const readableKey = (key: string): string => key.replaceAll(KEY_SEPARATOR, ' / ');

export type KeyPart = string | number;

/** The functions that read the parts of a key from their texts, one for each part. */
type PartReaders<Parts extends readonly KeyPart[]> = {
  readonly [Index in keyof Parts]: (text: string) => Parts[Index];
};

/** Reads a part that is a text. */
export const asText = (text: string): string => text;
export const asNumber = Number;

/** Makes the reader of a part that is one of some names. */
export const asOneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const name = names.find((one) => one === text);
    if (name === undefined) throw new Error(`a key holds none of ${names.join()}: ${text}`);
    return name;
  };

/** A kind of documents, of any type and with any parts in their keys. */
export interface AnyDocumentKind {
  /** Stands for the type of the documents: it has no value. */
  readonly body: object;
  /** Says whether a key is that of such a document. */
  has(key: string): boolean;
  /** Returns the parts of the key of such a document. */
  parts(key: string): readonly KeyPart[];
}

/** A kind of sums of any type of amounts. */
export interface AnySumKind extends AnyDocumentKind {
  /** Stands for the type of the amounts: it has no value. */
  readonly amount: object;
}

/**
 * A kind of documents of a read model. A key is the kind's name, then the parts that identify the
 * document. Numbers keep their order as text.
 */
export class DocumentKind<
  Body extends object,
  Parts extends readonly KeyPart[],
> implements AnyDocumentKind {
  declare readonly body: Body;
  private readonly prefix: string;

  constructor(
    name: string,
    private readonly readers: PartReaders<Parts>,
  ) {
    this.prefix = name + KEY_SEPARATOR;
  }

  key(...parts: Parts): string {
    let key = this.prefix;
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i] ?? '';
      if (i > 0) key += KEY_SEPARATOR;
      key += typeof part === 'number' ? String(part).padStart(NUMBER_DIGITS, '0') : part;
    }
    return key;
  }

  has(key: string): boolean {
    return key.startsWith(this.prefix);
  }

  parts(key: string): Parts {
    const texts = key.slice(this.prefix.length).split(KEY_SEPARATOR);
    // TypeScript does not follow a tuple through `map`.
    return this.readers.map((read, i) => read(texts[i] ?? '')) as readonly KeyPart[] as Parts;
  }
}

/** The amount that a change of one document adds to a sum over many documents. */
export interface Difference {
  /** The key of the sum. */
  readonly key: string;
  /** The amount to add; the kind of the sum knows its type. */
  readonly amount: object;
}

/** A kind of documents that are sums. The order of the amounts makes no difference. */
export class SumKind<
  Body extends object,
  Parts extends readonly KeyPart[],
  Amount extends object,
> extends DocumentKind<Body, Parts> {
  declare readonly amount: Amount;

  difference(amount: Amount, ...parts: Parts): Difference {
    return { key: this.key(...parts), amount };
  }
}
