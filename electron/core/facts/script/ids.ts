/** Largest uid or gid; `(uid_t) -1` means "none" to the kernel and is excluded by the shape of facts too. */
const MAX_ID = 4_294_967_295;

/**
 * A numeric user or group id from a node, in decimal.
 * @returns null when it is none
 */
export function readId(text: string | undefined): number | null {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return null;
  const id = Number(text);
  return id <= MAX_ID ? id : null;
}
