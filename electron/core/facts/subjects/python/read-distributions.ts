import type { PythonFacts } from '#shared/domain/facts/software.ts';

type Distribution = PythonFacts['environments'][number]['distributions'][number];

/** Lines after `F<path>` belong to that file. */
function filesIn(text: string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('F/')) {
      current = [];
      files.set(line.slice(1), current);
    } else if (line !== '') current.push(line);
  }
  return files;
}

/**
 * What direct_url.json (PEP 610) tells, without path, user or password: scheme and host only.
 * @returns null for text that is no such file
 */
export function readDirectUrl(text: string): { origin: string; editable: boolean } | null {
  try {
    const read = JSON.parse(text) as {
      url?: unknown;
      dir_info?: { editable?: unknown };
      vcs_info?: { vcs?: unknown };
    } | null;
    if (typeof read?.url !== 'string') return null;
    const url = new URL(read.url);
    const vcs = typeof read.vcs_info?.vcs === 'string' ? `${read.vcs_info.vcs.slice(0, 16)}+` : '';
    return {
      origin: `${vcs}${url.protocol}//${url.host}`.slice(0, 512),
      editable: read.dir_info?.editable === true,
    };
  } catch {
    return null;
  }
}

/** Name and version in `NAME-VERSION.dist-info` or `NAME-VERSION[-py3.11].egg-info`. */
function fromFolder(name: string): { name: string; version: string } {
  const stem = name.replace(/\.(?:dist|egg)-info$/, '').replace(/-py[0-9.]+$/, '');
  const at = stem.indexOf('-');
  return at < 0 ? { name: stem, version: '' } : { name: stem.slice(0, at), version: stem.slice(at + 1) };
}

/** What the node printed about one folder of packages. */
export interface SiteAnswer {
  folder: string;
  names: string;
  headers: string;
  small: string;
  records: string;
}

/**
 * Distributions of one folder. A dist-info without readable metadata, name or version is `broken`, and is listed: an
 * inventory that leaves out what it cannot read would be wrong.
 */
export function readDistributions(answer: SiteAnswer): Distribution[] {
  const headers = filesIn(answer.headers);
  const small = filesIn(answer.small);
  const recorded = new Set(answer.records.split('\n'));
  const entries = answer.names.split('\n').filter(Boolean);
  const editableNames = entries.flatMap((entry) => {
    const match = /^.(?:__editable__[._]([A-Za-z0-9_.]+?)[-_][0-9][^/]*|([A-Za-z0-9_.-]+)\.egg-link)$/.exec(
      entry,
    );
    const name = match?.[1] ?? match?.[2];
    return name ? [name.toLowerCase().replace(/[-_.]+/g, '-')] : [];
  });
  return entries
    .filter((entry) => /\.(?:dist|egg)-info$/.test(entry))
    .slice(0, 8_192)
    .map((entry): Distribution => {
      const isFile = entry.startsWith('f');
      const base = `${answer.folder}/${entry.slice(1)}`;
      const path = isFile ? base : `${base}/${base.endsWith('.egg-info') ? 'PKG-INFO' : 'METADATA'}`;
      const lines = headers.get(path) ?? [];
      const header = (name: string) =>
        lines
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2)
          .trim() ?? '';
      const guess = fromFolder(entry.slice(1));
      const name = header('Name') || guess.name;
      const line = (file: string) =>
        (small.get(`${base}/${file}`) ?? []).map((text) => text.slice(1)).join('\n');
      const direct = readDirectUrl(line('direct_url.json'));
      const hasRecord = recorded.has(`${base}/RECORD`) || base.endsWith('.egg-info');
      return {
        name: name.slice(0, 256),
        version: (header('Version') || guess.version).slice(0, 256),
        installer: line('INSTALLER').trim().slice(0, 256) || null,
        editable:
          direct?.editable === true || editableNames.includes(name.toLowerCase().replace(/[-_.]+/g, '-')),
        directUrl: direct?.origin ?? null,
        requires: lines
          .filter((text) => text.startsWith('Requires-Dist: '))
          .map((text) => text.slice(15).trim())
          .slice(0, 512),
        metadataPath: path,
        broken: header('Name') === '' || header('Version') === '' || !hasRecord,
      };
    });
}

/** What a requirement file is, by its name; null for one that is none of these. */
export function requirementKind(path: string): PythonFacts['requirementFiles'][number]['kind'] | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'pyproject.toml') return 'pyproject';
  if (name === 'Pipfile.lock') return 'pipfile-lock';
  if (name === 'poetry.lock') return 'poetry-lock';
  if (name === 'uv.lock') return 'uv-lock';
  if (/^pylock.*\.toml$/.test(name)) return 'pylock';
  if (name === 'setup.py' || name === 'setup.cfg') return 'setup';
  if (/^constraints.*\.txt$/.test(name)) return 'constraints';
  if (name.endsWith('.txt')) return 'requirements';
  return name.endsWith('.sh') ? 'installer' : null;
}
