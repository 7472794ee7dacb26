import { basename, dirname } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { LogReach, Look, OpenLog, SeenFile } from '../files/log-reach.ts';
import { rotatedName } from '../files/rotated-names.ts';

/** A file without a name. */
interface Inode {
  number: number;
  bornAt: number;
  modifiedAt: number;
  content: Buffer;
}

/** A folder in memory with a clock of its own, for tests that try every order of events. */
export class ModelDisk {
  readonly #names = new Map<string, Inode>();
  #inodes = 0;
  readonly #free: number[] = [];
  /** Milliseconds; what it writes in files is this clock, with the grain of a kernel's tick. */
  now = 1_795_000_000_000;

  get names(): string[] {
    return [...this.#names.keys()];
  }

  inodeOf(path: string): Inode | undefined {
    return this.#names.get(path);
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  /** @returns a writer's handle: it goes on writing to the same file whatever its name is */
  create(path: string): Inode {
    const number = this.#free.pop() ?? 1_000 + this.#inodes++;
    const inode = { number, bornAt: this.#tick(), modifiedAt: this.#tick(), content: Buffer.alloc(0) };
    this.#names.set(path, inode);
    return inode;
  }

  append(inode: Inode, text: string | Buffer): void {
    inode.content = Buffer.concat([inode.content, Buffer.from(text)]);
    inode.modifiedAt = this.#tick();
  }

  cut(inode: Inode): void {
    inode.content = Buffer.alloc(0);
    inode.modifiedAt = this.#tick();
  }

  rename(from: string, to: string): void {
    const inode = this.#names.get(from);
    if (!inode) return;
    this.remove(to);
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  /** The number of a file that is removed is the first one to be used again, as ext4 does it. */
  remove(path: string): void {
    const inode = this.#names.get(path);
    if (!inode) return;
    this.#names.delete(path);
    this.#free.push(inode.number);
  }

  /** Writes the packed file beside the plain one, as gzip(1) does: with its time of change, and the plain one still there. */
  pack(path: string, ending: string): void {
    const inode = this.#names.get(path);
    if (!inode) return;
    const packed = this.create(path + ending);
    packed.content = ending === '.gz' ? gzipSync(inode.content) : zstdCompressSync(inode.content);
    packed.modifiedAt = inode.modifiedAt;
  }

  #tick(): number {
    return Math.floor(this.now / 4) * 4;
  }

  /** @returns the file as {@link LogReach} shows it */
  see(path: string): SeenFile | null {
    const inode = this.#names.get(path);
    if (!inode) return null;
    return {
      folder: dirname(path),
      name: basename(path),
      device: '1',
      inode: String(inode.number),
      size: inode.content.length,
      modifiedAt: inode.modifiedAt,
      bornAt: inode.bornAt,
      owner: 0,
    };
  }
}

export interface ModelReachOptions {
  /** Called before each look and each read: here whatever the test wants to happen in between happens. */
  turn: () => void;
  /** A handle of a file that has no name any more reads nothing: so it is on a node beyond SSH. */
  remote: boolean;
}

/** What one follower sees of the disk, until it is killed: then nothing is answered any more, for ever. */
export class ModelReach implements LogReach {
  readonly #disk: ModelDisk;
  readonly #options: ModelReachOptions;
  dead = false;

  constructor(disk: ModelDisk, options: ModelReachOptions) {
    this.#disk = disk;
    this.#options = options;
  }

  async #turn(): Promise<void> {
    this.#options.turn();
    if (this.dead) await new Promise(() => {});
  }

  async look(path: string): Promise<Look> {
    await this.#turn();
    const file = this.#disk.see(path);
    return file ? { kind: 'file', file } : { kind: 'missing', trouble: 'not there' };
  }

  async rotated(folder: string, base: string): Promise<SeenFile[]> {
    await this.#turn();
    const files: SeenFile[] = [];
    for (const path of this.#disk.names) {
      const file = this.#disk.see(path);
      if (file && file.folder === folder && rotatedName(base, file.name)) files.push(file);
    }
    return files;
  }

  async open(file: SeenFile): Promise<OpenLog | null> {
    await this.#turn();
    const inode = this.#disk.inodeOf(`${file.folder}/${file.name}`);
    if (!inode || String(inode.number) !== file.inode || inode.bornAt !== file.bornAt) return null;
    const reachable = () =>
      !this.#options.remote || this.#disk.names.some((name) => this.#disk.inodeOf(name) === inode);
    return {
      read: async (offset, length) => {
        await this.#turn();
        return reachable() ? Buffer.from(inode.content.subarray(offset, offset + length)) : null;
      },
      look: async () => {
        await this.#turn();
        const { content, modifiedAt } = inode;
        return reachable() ? { ...file, size: content.length, modifiedAt } : null;
      },
      close: async () => {},
    };
  }

  async matches(): Promise<{ paths: string[]; more: boolean }> {
    return { paths: [], more: false };
  }

  onChange(): { pollMs: () => number; stop: () => void } {
    return { pollMs: () => 1_000, stop: () => {} };
  }
}
