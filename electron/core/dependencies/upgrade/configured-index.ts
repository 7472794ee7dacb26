/** What a file of pip's settings says of where packages come from (pip.conf; `[global]` and `[install]`). */
interface Source {
  index: string | null;
  further: string[];
  links: string[];
  none: boolean;
}

const MOST_LINE = 4_096;

/** An address without user, password and query: those are secrets as often as not. */
function shownAddress(text: string): string {
  const hidden = text.includes('@') ? 'an address that is not shown' : text;
  try {
    const { protocol, host, pathname } = new URL(text);
    if (protocol === 'file:') return pathname;
    return protocol === 'https:' || protocol === 'http:' ? `${protocol}//${host}${pathname}` : hidden;
  } catch {
    return hidden;
  }
}

function read(text: string): Source {
  const found: Source = { index: null, further: [], links: [], none: false };
  let section = '';
  let key = '';
  for (const line of text.slice(0, 262_144).split(/\r?\n/)) {
    if (line.length > MOST_LINE || /^\s*[#;]/.test(line) || line.trim() === '') continue;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = header.trim().toLowerCase();
      continue;
    }
    // A line that is set in goes on with the value before (configparser).
    const setIn = /^\s/.test(line) && key !== '';
    const [, name = '', rest = ''] = setIn ? ['', key, line] : (/^([^=:]+)[=:](.*)$/.exec(line) ?? []);
    key = name.trim().toLowerCase().replaceAll('_', '-');
    if (section !== 'global' && section !== 'install') continue;
    const values = rest.trim().split(/\s+/).filter(Boolean);
    if (key === 'index-url' || key === 'pypi-url') found.index = values[0] ?? found.index;
    if (key === 'extra-index-url') found.further.push(...values);
    if (key === 'find-links') found.links.push(...values);
    if (key === 'no-index') found.none = /^(1|y|yes|t|true|on)$/i.test(values[0] ?? '');
  }
  return found;
}

/**
 * Where pip of an environment gets packages from, in words, by its files of settings.
 * @param files in the order in which pip reads them, the last one counts (pip, "Configuration"): path and text, null for unread ones
 */
export function configuredIndex(files: readonly { path: string; text: string | null }[]): string {
  const found: Source = { index: null, further: [], links: [], none: false };
  let by: string | null = null;
  for (const { path, text } of files) {
    if (text === null) continue;
    const source = read(text);
    if (source.index !== null || source.further.length > 0 || source.links.length > 0 || source.none)
      by = path;
    found.index = source.index ?? found.index;
    found.further = source.further.length > 0 ? source.further : found.further;
    found.links = source.links.length > 0 ? source.links : found.links;
    found.none ||= source.none;
  }
  const places = [
    ...(found.none ? [] : [shownAddress(found.index ?? 'https://pypi.org/simple')]),
    ...(found.none ? [] : found.further.map(shownAddress)),
    ...found.links.map(shownAddress),
  ].slice(0, 8);
  const words = places.length === 0 ? 'nowhere: its settings forbid every index' : places.join(', ');
  return by === null ? `${words} (pip’s own default)` : `${words} (set in ${by})`;
}
