import { isIPv4 } from 'node:net';

/** What a record holds; whole numbers are written as uint32. */
export type MmdbValue =
  string | number | readonly MmdbValue[] | { readonly [key: string]: MmdbValue };

export interface MmdbOptions {
  /** 6 holds IPv4 as well, in ::/96. */
  readonly ipVersion?: 4 | 6;
  /** Bits; half a node. */
  readonly recordSize?: 24 | 28 | 32;
}

/** Where a bit of an address leads: on to a node, to a record, or nowhere. */
type Way = { readonly node: number } | { readonly record: number } | undefined;

const STRING = 2;
const UINT16 = 5;
const UINT32 = 6;
const MAP = 7;
const UINT64 = 9;
const ARRAY = 11;
const SEPARATOR = Buffer.alloc(16);
const METADATA_START = Buffer.from('\u00ab\u00cd\u00efMaxMind.com', 'latin1');

/**
 * A database in MaxMind's format (https://maxmind.github.io/MaxMind-DB/), version 2.0, of networks
 * such as `192.0.2.0/24` that do not overlap, and what is known of each.
 */
export function mmdb(
  networks: Readonly<Record<string, MmdbValue>>,
  { ipVersion = 6, recordSize = 24 }: MmdbOptions = {},
): Buffer {
  const tree: [Way, Way][] = [[undefined, undefined]];
  Object.keys(networks).forEach((network, record) => {
    insert(tree, bitsOf(network, ipVersion), record);
  });
  const records = Object.values(networks).map(encode);
  const offsets = records.map((_, at) => Buffer.concat(records.slice(0, at)).length);
  const nodes = tree.map((ways) => {
    const [left, right] = ways.map((way) => {
      if (way === undefined) return tree.length;
      if ('node' in way) return way.node;
      return tree.length + SEPARATOR.length + (offsets[way.record] ?? 0);
    });
    return nodeOf(left ?? 0, right ?? 0, recordSize);
  });
  const metadata = typed(MAP, 9, [
    ...[encode('node_count'), whole(UINT32, tree.length)],
    ...[encode('record_size'), whole(UINT16, recordSize)],
    ...[encode('ip_version'), whole(UINT16, ipVersion)],
    ...[encode('database_type'), encode('Playhead-Test-Country')],
    ...[encode('languages'), encode(['en'])],
    ...[encode('binary_format_major_version'), whole(UINT16, 2)],
    ...[encode('binary_format_minor_version'), whole(UINT16, 0)],
    ...[encode('build_epoch'), whole(UINT64, 1_700_000_000)],
    ...[encode('description'), encode({ en: 'of a test' })],
  ]);
  return Buffer.concat([...nodes, SEPARATOR, ...records, METADATA_START, metadata]);
}

function insert(tree: [Way, Way][], bits: readonly number[], record: number): void {
  let at = 0;
  bits.forEach((bit, depth) => {
    const node = tree[at];
    if (node === undefined) throw new Error('the tree has no such node');
    if (depth === bits.length - 1) {
      node[bit] = { record };
      return;
    }
    const way = node[bit];
    if (way !== undefined && 'record' in way) throw new Error('networks overlap');
    const next = way ?? { node: tree.push([undefined, undefined]) - 1 };
    node[bit] = next;
    at = next.node;
  });
}

/** The bits of a network, as many as it fixes. */
function bitsOf(network: string, ipVersion: 4 | 6): readonly number[] {
  const [address = '', length = ''] = network.split('/');
  if (!isIPv4(address)) return bitsIn(groupsOf(address), 16).slice(0, Number(length));
  const bits = bitsIn(address.split('.').map(Number), 8).slice(0, Number(length));
  return ipVersion === 4 ? bits : [...new Array<number>(96).fill(0), ...bits];
}

function groupsOf(address: string): readonly number[] {
  const [head = '', tail = ''] = address.split('::');
  const [before, after] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const given = [...(before ?? []), ...(after ?? [])].length;
  const groups = [...(before ?? []), ...new Array<string>(8 - given).fill('0'), ...(after ?? [])];
  return groups.map((group) => Number.parseInt(group, 16));
}

const bitsIn = (numbers: readonly number[], width: number): readonly number[] =>
  numbers.flatMap((number) =>
    Array.from({ length: width }, (_, at) => (number >> (width - 1 - at)) & 1),
  );

function nodeOf(left: number, right: number, recordSize: 24 | 28 | 32): Buffer {
  const node = Buffer.alloc(recordSize / 4);
  if (recordSize === 32) {
    node.writeUInt32BE(left, 0);
    node.writeUInt32BE(right, 4);
    return node;
  }
  node.writeUIntBE(left & 0xff_ffff, 0, 3);
  node.writeUIntBE(right & 0xff_ffff, node.length - 3, 3);
  // The byte in the middle has the highest bits of both.
  if (recordSize === 28) node[3] = ((left >> 24) << 4) | (right >> 24);
  return node;
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'number') return whole(UINT32, value);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return typed(STRING, text.length, [text]);
  }
  if (Array.isArray(value)) {
    return typed(ARRAY, value.length, (value as readonly MmdbValue[]).map(encode));
  }
  const entries = Object.entries(value as Readonly<Record<string, MmdbValue>>);
  return typed(
    MAP,
    entries.length,
    entries.flatMap((entry) => entry.map(encode)),
  );
}

function whole(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  const size = Math.ceil(value.toString(16).length / 2);
  return typed(type, value === 0 ? 0 : size, [bytes.subarray(8 - size)].slice(value === 0 ? 1 : 0));
}

/** A control byte, what it has no room for, and the payload. Types above 7 have a byte more. */
function typed(type: number, size: number, payload: readonly Buffer[]): Buffer {
  if (size >= 29 + 256) throw new Error('so long a value is not needed');
  const inByte = Math.min(size, 29);
  const control = type > 7 ? [inByte, type - 7] : [(type << 5) | inByte];
  return Buffer.concat([Buffer.from([...control, ...(size < 29 ? [] : [size - 29])]), ...payload]);
}
