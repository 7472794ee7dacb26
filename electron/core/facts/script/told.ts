/** What a command printed, and how it ended: null where its answer was cut before that was said. */
export interface Told {
  bytes: Buffer;
  status: number | null;
  /** It ended by itself, and well: what it printed is all. */
  whole: boolean;
}

/**
 * Reads what `told` of the prelude printed: a program that was ended by its limit or by the node, or that failed, is then never
 * taken for one that had nothing to tell.
 * @param bytes a field of a record, hostile; undefined when there is no such record
 */
export function readTold(bytes: Buffer | undefined): Told {
  const at = bytes?.lastIndexOf(1) ?? -1;
  if (bytes === undefined || at < 0) return { bytes: bytes ?? Buffer.alloc(0), status: null, whole: false };
  const word = bytes.toString('latin1', at + 1, at + 5);
  const status = /^[0-9]{1,3}$/.test(word) ? Number(word) : null;
  return { bytes: bytes.subarray(0, at), status, whole: status === 0 };
}

/** Words for a gap: why `told` printed no whole answer. */
export function whyNotTold({ status }: Pick<Told, 'status'>, program: string): string {
  if (status === null) return `the answer of ${program} was cut`;
  if (status === 124 || status === 137) return `${program} did not answer in time`;
  return `${program} failed with status ${status}`;
}
