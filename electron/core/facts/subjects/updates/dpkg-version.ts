/** Weight of a character outside digits: `~` before the end of the text, letters before everything else. */
function weight(character: string | undefined): number {
  if (character === undefined || /[0-9]/.test(character)) return 0;
  if (character === '~') return -1;
  const code = character.codePointAt(0) ?? 0;
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

/** Compares one part, upstream version or revision, by alternating runs of non-digits and digits. */
function comparePart(a: string, b: string): number {
  let [left, right] = [0, 0];
  while (left < a.length || right < b.length) {
    while (
      (left < a.length && !/[0-9]/.test(a[left] ?? '')) ||
      (right < b.length && !/[0-9]/.test(b[right] ?? ''))
    ) {
      const difference = weight(a[left]) - weight(b[right]);
      if (difference !== 0) return difference;
      left += 1;
      right += 1;
    }
    const [x = '', y = ''] = [/^[0-9]*/.exec(a.slice(left))?.[0], /^[0-9]*/.exec(b.slice(right))?.[0]];
    const [m, n] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
    if (m.length !== n.length) return m.length - n.length;
    if (m !== n) return m < n ? -1 : 1;
    left += x.length;
    right += y.length;
  }
  return 0;
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const epoch = /^([0-9]{1,9}):/.exec(version)?.[1];
  const rest = epoch === undefined ? version : version.slice(epoch.length + 1);
  const at = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch ?? 0),
    upstream: at < 0 ? rest : rest.slice(0, at),
    revision: at < 0 ? '' : rest.slice(at + 1),
  };
}

/**
 * Order of two versions of Debian packages (deb-version(7), Policy 5.6.12).
 * @returns below, at or above zero
 */
export function compareDpkgVersions(a: string, b: string): number {
  const [x, y] = [split(a.slice(0, 256)), split(b.slice(0, 256))];
  return x.epoch - y.epoch || comparePart(x.upstream, y.upstream) || comparePart(x.revision, y.revision);
}
