import { CompactRange } from '#core/ledger/compact-range.ts';
import { type Hash, leafHashBehindZero } from '#core/ledger/hash.ts';
import { type ChangedTile, TreeTip } from '#core/ledger/tree-tip.ts';
import { packBlock } from '../blocks.ts';
import { type SealedSegment, SegmentIndex } from '../index/segment-index.ts';
import { TermHash } from '../index/term-hash.ts';
import type { StoredEvent } from '../record-text.ts';

/** The tree of the events as it is stored: roots of its complete subtrees, largest first, and the last tile of each level. */
export interface StoredTree {
  size: number;
  peaks: readonly Hash[];
  edge: readonly { place: number; hashes: Uint8Array }[];
}

/** Texts of events that follow each other. */
export interface TextBlock {
  /** Number of the first event. */
  first: number;
  /** UTF-8, a line feed before each text. The press may change and keep it. */
  bytes: Buffer;
  /** Texts of it that are leaves already. */
  known: number;
}

/** What is to be stored of the blocks that were given. */
export interface Pressed {
  tree: Pick<StoredTree, 'size' | 'peaks'>;
  blocks: readonly { first: number; count: number; form: number; lines: Uint8Array }[];
  tiles: readonly ChangedTile[];
  segments: readonly SealedSegment[];
}

/**
 * Makes of the texts of events what is stored of them: packed blocks, leaves and tiles of the tree, segments of the index. In
 * the order in which they are given; here, or in a thread beside.
 */
export interface Press {
  /** Whether it can begin at once; a thread that is being started cannot yet. */
  ready(): boolean;
  /** Begins with what is stored. @param blocks of the segment that is not complete */
  load(tree: StoredTree, blocks: readonly Omit<TextBlock, 'known'>[], fullText: boolean): void;
  /** Full text from the next event on that is given. */
  setFullText(fullText: boolean): void;
  /** @param events those that are no leaves yet, when they are at hand: spares reading them again */
  take(block: TextBlock, events?: readonly StoredEvent[]): void;
  /** Ends a batch: what is given from now on belongs to the next one. One batch at most waits to be taken. */
  end(): void;
  /** @returns what became of the batch that was ended; waits for it. @throws Error when it cannot be made */
  finish(): Pressed;
  close(): void;
}

const LINE_FEED = 0x0a;

/** The press in the thread that asks. */
export class InlinePress implements Press {
  readonly #hash: TermHash;
  #tree = new TreeTip(new CompactRange(), []);
  #index: SegmentIndex;
  #blocks: Pressed['blocks'][number][] = [];
  #segments: SealedSegment[] = [];
  #ended: Pressed | null = null;

  /** @param seed of the terms of this database */
  constructor(seed: number) {
    this.#hash = new TermHash(seed);
    this.#index = new SegmentIndex(this.#hash, false);
  }

  ready(): boolean {
    return true;
  }

  load(
    { size, peaks, edge }: StoredTree,
    blocks: readonly Omit<TextBlock, 'known'>[],
    fullText: boolean,
  ): void {
    const tiles = edge.map(({ place, hashes }) => ({ place, hashes: asBuffer(hashes) }));
    this.#tree = new TreeTip(new CompactRange(size, peaks), tiles);
    this.#index = new SegmentIndex(this.#hash, fullText);
    this.#blocks = [];
    this.#segments = [];
    this.#ended = null;
    for (const { bytes } of blocks) {
      for (let start = 1; start < bytes.length; ) {
        const end = endOfText(bytes, start);
        this.#index.addText(bytes.toString('utf8', start, end));
        start = end + 1;
      }
    }
  }

  setFullText(fullText: boolean): void {
    this.#index.setFullText(fullText);
  }

  take({ first, bytes, known }: TextBlock, events?: readonly StoredEvent[]): void {
    let count = 0;
    for (let start = 1; start < bytes.length; ) {
      const end = endOfText(bytes, start);
      if (count >= known) {
        // The line feed before a text gives its place to the byte that a leaf begins with.
        bytes[start - 1] = 0;
        const leaf = bytes.toString('utf8', start - 1, end);
        bytes[start - 1] = LINE_FEED;
        this.#tree.append(leafHashBehindZero(leaf));
        const event = events?.[count - known];
        const sealed = event === undefined ? this.#index.addText(leaf, 1) : this.#index.add(event);
        if (sealed !== null) this.#segments.push(sealed);
      }
      count += 1;
      start = end + 1;
    }
    this.#blocks.push({ first, count, ...packBlock(bytes) });
  }

  end(): void {
    const { range } = this.#tree;
    this.#ended = {
      tree: { size: range.size, peaks: range.peaks() },
      blocks: this.#blocks,
      tiles: this.#tree.takeChanged(),
      segments: this.#segments,
    };
    this.#blocks = [];
    this.#segments = [];
  }

  finish(): Pressed {
    if (this.#ended === null) throw new Error('No batch of events was ended');
    const pressed = this.#ended;
    this.#ended = null;
    return pressed;
  }

  close(): void {}
}

function endOfText(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_FEED, start);
  return end < 0 ? bytes.length : end;
}

/** Buffers that came from another thread are plain bytes. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
