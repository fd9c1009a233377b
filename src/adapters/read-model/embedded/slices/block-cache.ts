import { totalmem } from 'node:os';
import type { Block } from './block.js';

/** Blocks by their names, the least recently used first. */
export class BlockCache {
  /** The blocks; undefined for a block that was dropped because rows of it had changed. */
  private readonly blocks = new Map<string, Block | undefined>();
  private readonly sizes = new Map<Block, number>();
  bytes = 0;

  has(name: string): boolean {
    return this.blocks.get(name) !== undefined;
  }

  /** Says whether rows of a block that is not there have changed. */
  hasChanged(name: string): boolean {
    return this.blocks.has(name);
  }

  /** Returns a block, which is used now. */
  use(name: string): Block | undefined {
    const block = this.blocks.get(name);
    if (block !== undefined) this.touch(name, block);
    return block;
  }

  /** Keeps a block that was read or changed. */
  keep(block: Block): void {
    const { bytes } = block;
    this.bytes += bytes - (this.sizes.get(block) ?? 0);
    this.sizes.set(block, bytes);
    this.touch(block.name, block);
  }

  /** Drops a block whose rows have changed. */
  drop(block: Block): void {
    this.forget(block);
    this.blocks.set(block.name, undefined);
  }

  all(): readonly Block[] {
    return [...this.sizes.keys()];
  }

  /** Drops the blocks that were not used for longest until the others fit; the last one stays. */
  shrink(bytesMax: number): void {
    for (const [name, block] of this.blocks) {
      if (this.bytes <= bytesMax || this.sizes.size <= 1) return;
      this.blocks.delete(name);
      if (block !== undefined) this.forget(block);
    }
  }

  private touch(name: string, block: Block): void {
    this.blocks.delete(name);
    this.blocks.set(name, block);
  }

  private forget(block: Block): void {
    this.bytes -= this.sizes.get(block) ?? 0;
    this.sizes.delete(block);
  }
}

const MIB = 2 ** 20;
/** The most bytes for blocks and what their numbers stand for; on small machines a share of all. */
const BYTES_MAX = 256 * MIB;
const SHARE_OF_MEMORY = 1 / 16;

/** Returns the most bytes for blocks on this machine, or in this container. */
export function blockBytesMax(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.min(BYTES_MAX, memory * SHARE_OF_MEMORY);
}
