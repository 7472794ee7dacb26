import { fromBase64, type Hash, toBase64 } from './hash.ts';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

/** An event, the way from it to a root, and the checkpoint that signs the root. */
export interface TlogProof {
  /** The canonical text of the event. */
  text: string;
  /** From 0. */
  index: number;
  path: readonly Hash[];
  checkpoint: string;
}

/**
 * @returns the proof as text (c2sp.org/tlog-proof), the event itself in its `extra` line. To check it: hash 0x00 and the
 *   event with SHA-256, walk up the path to the root, compare with the checkpoint and check the signature of that.
 */
export function writeTlogProof({ text, index, path, checkpoint }: TlogProof): string {
  const extra = Buffer.from(text).toString('base64');
  return [FIRST_LINE, `extra ${extra}`, `index ${index}`, ...path.map(toBase64), '', checkpoint].join('\n');
}

/** @returns what {@link writeTlogProof} wrote, or null; nothing is checked yet */
export function readTlogProof(proof: string): TlogProof | null {
  const end = proof.indexOf('\n\n');
  const [first, extra = '', index = '', ...hashes] = proof.slice(0, Math.max(end, 0)).split('\n');
  const path = hashes.map(fromBase64);
  if (first !== FIRST_LINE || !extra.startsWith('extra ') || !/^index (0|[1-9]\d{0,15})$/.test(index))
    return null;
  if (path.includes(null)) return null;
  return {
    text: Buffer.from(extra.slice('extra '.length), 'base64').toString(),
    index: Number(index.slice('index '.length)),
    path: path as Hash[],
    checkpoint: proof.slice(end + 2),
  };
}
