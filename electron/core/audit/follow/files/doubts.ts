import { Patience } from './patience.ts';
import { behind, type ChainFile } from './rotation-chain.ts';

/** What a rotation going on may explain, and is waited out before anything is concluded from it. */
export class Doubts {
  /** A file that was not found may have been between two names. */
  readonly #notFound = new Patience('Looking for the rotated file.');
  /** An empty file may be a copy that is being made. */
  readonly #copying = new Patience('It may be copied now.');

  /** Throws `RotatingNow` while a file that is not found may come back. */
  waitForFile(isMissing: boolean): void {
    this.#notFound.waitWhile(isMissing);
  }

  /** When the newest rotated file is empty, it may be a copy that is being made at this moment: throws `RotatingNow` then. */
  waitForCopy(over: readonly ChainFile[], chain: readonly ChainFile[]): void {
    this.#copying.waitWhile(over.some((file) => behind(chain, file).length === 1));
  }
}
