import type { UnitFact, UnitFacts } from '#shared/domain/facts/files.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, ScriptOutput } from '../../collector.ts';
import { decodePath, decodeShort, decodeText } from '../../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../../script/outcome.ts';
import { readRecords, type ScriptRecord } from '../../script/records.ts';
import { readTold } from '../../script/told.ts';
import { KEPT_PROPERTIES } from './properties.ts';
import { propertiesFromText, readAssignments, redactLine, redactUnitText } from './unit-text.ts';

const MAX_TEXT = 1024 * 1024;

/** `Key=Value` lines; a line without a key of ours continues the value before it (argv may hold line ends). */
function readShow(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let last = '';
  for (const line of text.split('\n')) {
    const match = /^([A-Z][A-Za-z]{1,63})=(.*)$/s.exec(line);
    if (match?.[1]) {
      last = match[1];
      const before = values.get(last);
      values.set(last, before ? `${before}\n${match[2] ?? ''}` : (match[2] ?? ''));
    } else if (last && line !== '') values.set(last, `${values.get(last)}\n${line}`);
  }
  return values;
}

function splitPaths(value: string | undefined): string[] {
  return (value ?? '')
    .split(' ')
    .filter((path) => path.startsWith('/'))
    .slice(0, 64);
}

/** Names in Environment=, with the unit as the place. Values are dropped here and nowhere kept. */
function environmentNames(value: string, place: string): UnitFact['environmentNames'] {
  return readAssignments(value).map(({ name }) => ({ name: name.slice(0, 256), place }));
}

/** `EnvironmentFiles` of show (`/path (ignore_errors=yes)`) as plain paths. */
export function environmentFilesOf(unit: Pick<UnitFact, 'properties'>): string[] {
  return (unit.properties.EnvironmentFiles ?? '')
    .split(/\n| (?=[-/])/)
    .map((path) => path.replace(/\s*\(ignore_errors=.*$/, '').replace(/^-/, ''))
    .filter((path) => path.startsWith('/'));
}

function fromShow(record: ScriptRecord, text: string): UnitFact | null {
  const [name, scope, content] = record.fields;
  const values = readShow(decodeText(readTold(content).bytes, 262_144));
  const load = values.get('LoadState') ?? '';
  if (values.size === 0 || (load === 'not-found' && !values.get('FragmentPath'))) return null;
  const path = values.get('FragmentPath') || null;
  const properties: Record<string, string> = {};
  for (const [key, value] of values) {
    if (KEPT_PROPERTIES.has(key) && value !== '') properties[key] = redactLine(value).slice(0, 8_192);
  }
  return {
    name: decodeShort(name),
    path,
    dropIns: splitPaths(values.get('DropInPaths')),
    load: load.slice(0, 256),
    active: (values.get('ActiveState') ?? '').slice(0, 256),
    sub: (values.get('SubState') ?? '').slice(0, 256),
    enabled: (values.get('UnitFileState') ?? '').slice(0, 256),
    mainPid: /^[0-9]{1,9}$/.test(values.get('MainPID') ?? '') ? Number(values.get('MainPID')) : 0,
    user: (values.get('User') ?? '').slice(0, 256),
    userUnit: scope?.toString('latin1') !== 'system',
    properties,
    environmentNames: environmentNames(values.get('Environment') ?? '', path ?? decodeShort(name)),
    text: redactUnitText(text),
  };
}

/** A unit that no manager speaks of: what its file says. `load` is `not-found` for a link to nowhere (as systemd has it). */
function fromFile(record: ScriptRecord, texts: readonly { path: string; text: string }[]): UnitFact {
  const [name, scope, path, state, _target, wanted] = record.fields;
  const kind = state?.toString('latin1') ?? '';
  const place = decodePath(path);
  const all = texts.map((entry) => entry.text);
  const properties = propertiesFromText(all);
  const environments = all.flatMap((text) =>
    [...text.replace(/\\\r?\n/g, ' ').matchAll(/^\s*Environment\s*=\s*(.*)$/gm)].flatMap((match) =>
      environmentNames(match[1] ?? '', place),
    ),
  );
  return {
    name: decodeShort(name),
    path: place,
    dropIns: texts.map((entry) => entry.path).filter((entry) => entry !== place),
    load:
      kind === 'dangling' ? 'not-found' : kind === 'masked' ? 'masked' : kind === 'other' ? 'error' : 'stub',
    active: 'unknown',
    sub: 'unknown',
    enabled: wanted?.toString('latin1') === 'yes' ? 'enabled' : 'disabled',
    mainPid: 0,
    user: properties.User ?? '',
    userUnit: scope?.toString('latin1') !== 'system',
    properties,
    environmentNames: environments.slice(0, 512),
    text: redactUnitText(texts.map((entry) => `# ${entry.path}\n${entry.text}`).join('\n')).slice(
      0,
      MAX_TEXT,
    ),
  };
}

/**
 * Reads the answer of `UNITS_SCRIPT`.
 * @returns units of the system first, then of users; `systemd: false` where PID 1 is something else, which is no error
 */
export function parseUnits(output: ScriptOutput, context: CollectContext): Collected<UnitFacts> {
  const { records, finished } = readRecords(output);
  const manager = records.find((record) => record.tag === 'systemd');
  if (!manager) return unseen(whyUnfinished(output));
  const key = (record: ScriptRecord) => `${decodeShort(record.fields[1])}/${decodeShort(record.fields[0])}`;
  const texts = new Map(
    records
      .filter((r) => r.tag === 'text')
      .map((r) => [key(r), decodeText(readTold(r.fields[2]).bytes, MAX_TEXT)]),
  );
  const units = new Map<string, UnitFact>();
  const gaps: Gap[] = [];
  const late = records.filter((record) => record.tag === 'late').map(({ fields }) => decodeShort(fields[0]));
  if (late.includes('system')) return unseen('systemd did not answer in time');
  for (const owner of late)
    gaps.push(gapOf(`user units of uid ${owner}`, 'their manager did not answer in time'));
  for (const record of records) {
    if (record.tag !== 'show' || units.size >= 256) continue;
    if (!readTold(record.fields[2]).whole) {
      // Half of the properties, or those of its file alone, would pass for what the manager has put together.
      if (/^system\/.*mycoswarm/i.test(key(record)))
        return unseen(`systemd did not tell all of ${key(record)}`);
      gaps.push(gapOf(`unit ${key(record)}`, 'its manager did not tell all of it'));
      continue;
    }
    const unit = fromShow(record, texts.get(key(record)) ?? '');
    if (unit) units.set(key(record), unit);
  }
  for (const record of records) {
    if (record.tag !== 'file' || units.size >= 256 || units.has(key(record))) continue;
    const parts = records
      .filter((r) => (r.tag === 'filetext' || r.tag === 'drop') && key(r) === key(record))
      .map((r) => ({ path: decodePath(r.fields[2]), text: decodeText(r.fields[3], MAX_TEXT) }));
    units.set(key(record), fromFile(record, parts));
  }
  for (const unit of units.values()) {
    const files = environmentFilesOf(unit);
    for (const place of files) {
      const names = records.filter((r) => r.tag === 'environment' && decodePath(r.fields[0]) === place);
      unit.environmentNames.push(
        ...names.map((r) => ({ name: decodeShort(r.fields[1]), place })).slice(0, 512),
      );
    }
    unit.environmentNames.splice(512);
  }
  if (!finished) gaps.push(gapOf('units', whyUnfinished(output)));
  if (context.privilege === 'user') {
    gaps.push(
      gapOf('user units of other accounts', 'only their owner and root can ask for them', helpFor(context)),
    );
  }
  const version = /systemd ([0-9][\w.~-]*)/.exec(decodeText(manager.fields[1]))?.[1] ?? null;
  const systemd = manager.fields[0]?.toString('latin1') === 'yes';
  return seen({ systemd, version, units: [...units.values()] }, gaps);
}
