import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/** Random numbers that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The line of a number: long or short, so that a piece of one is told from it. */
export const lineOf = (number: number): string => `event ${number} ${'.'.repeat((number * 37) % 120)}`;

/** Ways of rotating. */
export const RENAMING = ['rename', 'gzip', 'zstd'];
export const COPYING = ['copytruncate', 'copytruncate-gzip', 'copytruncate-zstd'];

/** A writer and a rotator in one: it knows what it cut away, since nobody else writes between its copy and its cut. */
export class Writer {
  written = 0;
  readonly rotations: Record<string, number> = {};
  /** First and last number of what each cut took away. */
  readonly cuts: { from: number; to: number }[] = [];
  /** Number of the first event after each rotation. */
  readonly starts: number[] = [];
  readonly #path: string;
  readonly #modes: readonly string[];
  readonly #random: () => number;
  #file: number;
  #kept: number;

  constructor(path: string, random: () => number, kept: number, modes: readonly string[]) {
    this.#modes = modes;
    this.#path = path;
    this.#random = random;
    this.#kept = kept;
    this.#file = openSync(path, 'a', 0o644);
  }

  /** Appends some lines; the last may come in two pieces, between which others have their turn. */
  async write(): Promise<void> {
    const count = 1 + Math.floor(this.#random() * 40);
    let text = '';
    for (let index = 0; index < count; index += 1) text += this.#line();
    const torn = this.#random() < 0.2 ? Math.floor(text.length * this.#random()) : 0;
    writeSync(this.#file, text.slice(0, torn));
    if (torn > 0) await new Promise((resolve) => setImmediate(resolve));
    writeSync(this.#file, text.slice(torn));
  }

  #line(): string {
    const text = `${lineOf(this.written)}\n`;
    this.written += 1;
    return text;
  }

  rotate(mode = this.#modes[Math.floor(this.#random() * this.#modes.length)] ?? ''): void {
    this.starts.push(this.written);
    this.rotations[mode] = (this.rotations[mode] ?? 0) + 1;
    this.#shift();
    if (mode.startsWith('copytruncate')) {
      copyFileSync(this.#path, `${this.#path}.1`);
      const from = this.written;
      if (this.#random() < 0.5) {
        let text = '';
        for (let index = this.#random() * 5; index > 0; index -= 1) text += this.#line();
        writeSync(this.#file, text);
      }
      truncateSync(this.#path, 0);
      this.cuts.push({ from, to: this.written });
      const packing = mode.split('-')[1];
      if (packing) this.#pack(packing);
    } else {
      renameSync(this.#path, `${this.#path}.1`);
      closeSync(this.#file);
      this.#file = openSync(this.#path, 'a', 0o644);
      if (mode !== 'rename') this.#pack(mode);
    }
  }

  #shift(): void {
    for (let number = this.#kept; number >= 1; number -= 1) {
      for (const end of ['', '.gz', '.zst']) {
        const name = `${this.#path}.${number}${end}`;
        if (!existsSync(name)) continue;
        if (number === this.#kept) unlinkSync(name);
        else renameSync(name, `${this.#path}.${number + 1}${end}`);
      }
    }
  }

  #pack(mode: string): void {
    const name = `${this.#path}.1`;
    const content = readFileSync(name);
    const packed = mode === 'gzip' ? `${name}.gz` : `${name}.zst`;
    writeFileSync(packed, mode === 'gzip' ? gzipSync(content) : zstdCompressSync(content));
    const { atime, mtime } = statSync(name);
    utimesSync(packed, atime, mtime);
    unlinkSync(name);
  }

  close(): void {
    closeSync(this.#file);
  }
}
