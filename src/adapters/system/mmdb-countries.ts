import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Reader, type Response } from 'mmdb-lib';
import { messageWithCauses } from '../../domain/errors.js';
import type { Countries } from '../../ports/countries.js';

/**
 * Reads countries from a database in MaxMind's format. It reads a replaced file within a minute, as
 * updaters write one every week. While the new file cannot be read, the old one counts.
 */
export class MmdbCountries implements Countries {
  private readonly timer: NodeJS.Timeout;
  /** Says whether the operator was told of damage: every request would meet it. */
  private isDamageTold = false;

  private constructor(
    private readonly path: string,
    private reader: Reader<Response>,
    private readVersion: string,
    private readonly warn: (message: string) => void,
  ) {
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  /** Opens a database; throws UnfitGeoip if there is no such file, or if it is no such database. */
  static async open(path: string, warn: (message: string) => void): Promise<MmdbCountries> {
    try {
      const version = await versionOf(path);
      return new MmdbCountries(path, readerOf(await readFile(path)), version, warn);
    } catch (error) {
      throw new UnfitGeoip(`${path} cannot be read: ${messageWithCauses(error)}`);
    }
  }

  countryOf(address: string): string | undefined {
    const asked = bareAddress(address);
    if (asked === undefined || (asked.includes(':') && this.reader.metadata.ipVersion === 4)) {
      return undefined;
    }
    try {
      return codeIn(this.reader.get(asked));
    } catch (error) {
      if (!this.isDamageTold)
        this.warn(`GEOIP_FILE: ${this.path} is damaged: ${messageWithCauses(error)}`);
      this.isDamageTold = true;
      return undefined;
    }
  }

  /** Reads the file anew if it is another than before. */
  async look(): Promise<void> {
    try {
      const version = await versionOf(this.path);
      if (version === this.readVersion) return;
      const bytes = await readFile(this.path);
      // One that is no database is not read every minute.
      this.readVersion = version;
      this.reader = readerOf(bytes);
      this.isDamageTold = false;
    } catch (error) {
      const reason = messageWithCauses(error);
      this.warn(`GEOIP_FILE: ${this.path} cannot be read, the old one goes on: ${reason}`);
    }
  }

  /** Stops looking for a new file. */
  close(): void {
    clearInterval(this.timer);
  }
}

/** The time in milliseconds between two checks whether the file was replaced. */
const LOOK_MS = 60_000;
/**
 * The most records in memory. A record has names in eight languages, which take time to read; few
 * records are asked for often.
 */
const RECORDS_CACHED_MAX = 1_000;
/** The bytes between the tree of addresses and the data. */
const SEPARATOR_BYTES = 16;

/** GEOIP_FILE is no database that can be read; the message is one line. */
class UnfitGeoip extends Error {
  constructor(message: string) {
    super(`GEOIP_FILE: ${message}`);
    this.name = 'UnfitGeoip';
  }
}

/**
 * The members of a record in databases of countries and of cities, of MaxMind, DB-IP, IPinfo and
 * others.
 */
interface LocationRecord {
  readonly country?: { readonly iso_code?: unknown } | string;
  readonly country_code?: unknown;
}

/**
 * Returns a text that tells a file from its successor. Rejects anything but a file, as a read of a
 * pipe might never end.
 */
async function versionOf(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error('it is no regular file');
  return [found.ino, found.size, found.mtimeMs].join(' ');
}

function readerOf(bytes: Buffer): Reader<Response> {
  let reader: Reader<Response>;
  try {
    reader = new Reader<Response>(bytes, { cache: new RecordCache() });
  } catch {
    // The library's words for it are of what it met in whatever the file is.
    throw new Error('it is no MMDB');
  }
  const { nodeCount, searchTreeSize, ipVersion } = reader.metadata;
  const isSound =
    Number.isSafeInteger(nodeCount) && nodeCount > 0 && (ipVersion === 4 || ipVersion === 6);
  if (!isSound) throw new Error('it is no MMDB');
  if (searchTreeSize + SEPARATOR_BYTES > bytes.length) throw new Error('it is cut off');
  return reader;
}

/** The records that were read last from a database, by their offsets in the file. */
class RecordCache extends Map<string | number, unknown> {
  override set(offset: string | number, record: unknown): this {
    if (this.size >= RECORDS_CACHED_MAX) this.clear();
    return super.set(offset, record);
  }
}

function codeIn(found: Response | null): string | undefined {
  const { country, country_code: code } = (found ?? {}) as LocationRecord;
  const named = typeof country === 'object' ? country.iso_code : (code ?? country);
  return typeof named === 'string' ? named : undefined;
}

/**
 * Returns an address without the port that some proxies add; an IPv4 address in IPv6 form as IPv4.
 */
function bareAddress(text: string): string | undefined {
  const [, bracketed, withPort] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  const address = (bracketed ?? withPort ?? text).replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address.replace(/%.*$/, '');
}
