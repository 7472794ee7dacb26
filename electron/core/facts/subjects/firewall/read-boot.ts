import type { BootRules, FirewallFacts } from '#shared/domain/facts/network.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import { decodePath, decodeShort, decodeText } from '../../script/decode.ts';
import { gapOf } from '../../script/outcome.ts';
import type { ScriptRecord } from '../../script/records.ts';
import { readTold } from '../../script/told.ts';
import { MAX_BOOT_RULES } from './boot-script.ts';

type Loader = BootRules['loaders'][number];
type File = BootRules['files'][number];

const PROBLEMS: Readonly<Record<string, string>> = {
  root: 'only root can let nft read it in a network namespace of its own',
  tools: 'the programs unshare and nft are needed to read it',
  trust: 'others than root could change it, or something that it includes, so nft was not given it',
  idle: 'its unit is not started at boot',
};

/** `Key=Value` lines of `systemctl show`; lines of one key are joined by a space. */
function readShow(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at < 1) continue;
    const key = line.slice(0, at);
    const before = values.get(key);
    values.set(key, before === undefined ? line.slice(at + 1) : `${before} ${line.slice(at + 1)}`);
  }
  return values;
}

function namesOf(values: ReadonlyMap<string, string>, ...keys: string[]): string[] {
  const names = keys.flatMap((key) => (values.get(key) ?? '').split(' ')).filter((name) => name !== '');
  return [...new Set(names)].filter((name) => name.length <= 256).slice(0, 64);
}

/** Commands of `systemctl show`, each as its words; one that cannot be read stays as it is. */
function commandsOf(values: ReadonlyMap<string, string>, ...keys: string[]): string[] {
  return keys
    .flatMap((key) => {
      const value = values.get(key) ?? '';
      const found = [...value.matchAll(/argv\[\]=(.*?) ; ignore_errors=/g)].map((match) => match[1] ?? '');
      return found.length > 0 || value.trim() === '' ? found : [value];
    })
    .map((command) => command.slice(0, 512))
    .slice(0, 16);
}

function loaderOf(record: ScriptRecord): Loader {
  const [name, shown, found] = record.fields;
  const values = readShow(decodeText(shown, 65_536));
  const state = values.get('UnitFileState') ?? '';
  const wanted = namesOf(values, 'RequiredBy', 'BoundBy', 'WantedBy');
  return {
    unit: decodeShort(name),
    // A unit without an [Install] section of its own starts when another one wants it.
    enabled: state === 'enabled' || (!/^(disabled|masked|enabled-runtime)/.test(state) && wanted.length > 0),
    active: values.get('ActiveState') === 'active',
    files: decodeText(found, 65_536)
      .split('\n')
      .map((line) => line.slice(line.indexOf(' ') + 1))
      .filter((path) => path.startsWith('/'))
      .slice(0, 16),
    starts: commandsOf(values, 'ExecStartPre', 'ExecStart', 'ExecStartPost'),
    stops: commandsOf(values, 'ExecStop', 'ExecStopPost'),
    reloads: commandsOf(values, 'ExecReload'),
    after: namesOf(values, 'After'),
    restartsWith: namesOf(values, 'PartOf', 'BindsTo'),
    reloadsWith: namesOf(values, 'ReloadPropagatedFrom'),
    requiredBy: namesOf(values, 'RequiredBy', 'BoundBy'),
  };
}

/** What nft said of a file, behind it its exit status. */
function loadedFrom(bytes: Buffer | undefined): Pick<File, 'loaded' | 'problem'> {
  const { bytes: printed, status, whole } = readTold(bytes);
  if (status === null) return { loaded: null, problem: 'the answer of nft was cut' };
  if (whole) return { loaded: decodeText(printed, MAX_BOOT_RULES), problem: null };
  if (status === 90) return { loaded: null, problem: 'nft refuses to load it' };
  if (status === 124 || status === 137) return { loaded: null, problem: 'nft did not answer in time' };
  return {
    loaded: null,
    problem: `no network namespace could be made for it (status ${status})`,
  };
}

function fileOf(record: ScriptRecord, records: readonly ScriptRecord[]): File {
  const [path, language, state, content] = record.fields;
  const kind = language?.toString('latin1');
  const place = decodePath(path);
  const about = (tag: string) =>
    records.find((other) => other.tag === tag && path?.equals(other.fields[0] ?? Buffer.alloc(0)));
  const isOpen = state?.toString('latin1') === 'open';
  const base = {
    path: place,
    language: kind === 'nft' ? ('nft' as const) : ('iptables-save' as const),
    family: kind === 'v6' ? (6 as const) : kind === 'v4' ? (4 as const) : null,
    text: isOpen ? decodeText(content, MAX_BOOT_RULES) : null,
  };
  const unread = isOpen
    ? null
    : state?.toString('latin1') === 'missing'
      ? 'there is no such file'
      : 'it could not be read';
  if (base.language === 'iptables-save') return { ...base, loaded: null, problem: unread };
  const problem = about('boot-problem');
  if (problem !== undefined)
    return {
      ...base,
      loaded: null,
      problem: PROBLEMS[problem.fields[1]?.toString('latin1') ?? ''] ?? 'not loaded',
    };
  if (unread !== null && about('boot-loaded') === undefined)
    return { ...base, loaded: null, problem: unread };
  return { ...base, ...loadedFrom(about('boot-loaded')?.fields.at(-1)) };
}

/**
 * Reads what `BOOT_SCRIPT` printed.
 * @returns what loads rules at boot, null where that cannot be told; and gaps
 */
export function readBoot(
  records: readonly ScriptRecord[],
  help: string | null,
): { boot: FirewallFacts['boot']; gaps: Gap[] } {
  const state = records.find((record) => record.tag === 'boot')?.fields[0]?.toString('latin1');
  if (state === undefined) {
    const why = 'the look ended before systemd was asked which units load rules';
    return { boot: null, gaps: [gapOf('rules that are loaded at boot', why, 'look at this node again')] };
  }
  if (state !== 'yes') {
    const why = 'this machine has no systemd, and what else starts it is not known';
    return { boot: null, gaps: [gapOf('rules that are loaded at boot', why)] };
  }
  const cut = records
    .filter((record) => record.tag === 'boot-cut')
    .map(({ fields }) => decodeShort(fields[0]));
  if (cut.length > 0) {
    // A unit that nobody could ask for may load rules, or take all of them away.
    const why = `${cut.slice(0, 4).join(', ')}: no answer in time, or it was cut`;
    return { boot: null, gaps: [gapOf('rules that are loaded at boot', why, 'look at this node again')] };
  }
  const files = records
    .filter((record) => record.tag === 'boot-file')
    .slice(0, 32)
    .map((record) => fileOf(record, records));
  const loaders = records
    .filter((record) => record.tag === 'boot-unit')
    .slice(0, 32)
    .map(loaderOf);
  const used = new Set(loaders.filter((loader) => loader.enabled).flatMap((loader) => loader.files));
  const gaps = files
    .filter(
      (file) => file.problem !== null && file.problem !== 'there is no such file' && used.has(file.path),
    )
    .map((file) => gapOf(`rules at boot: ${file.path}`, file.problem ?? '', help));
  const elsewhere = records
    .filter((record) => record.tag === 'boot-elsewhere')
    .map((record) => decodePath(record.fields[0]));
  return { boot: { loaders, files, elsewhere: [...new Set(elsewhere)].slice(0, 64) }, gaps };
}
