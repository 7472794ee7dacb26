import type { Gap } from '#shared/domain/facts/observation.ts';
import type { MycoswarmFacts, PluginFact, TokenFact } from '#shared/domain/facts/software.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext, Collected, ScriptOutput } from '../../collector.ts';
import { baseName } from '../../profile/command.ts';
import { decodeInstant, decodeNumber, decodePath, decodeShort, decodeText } from '../../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../../script/outcome.ts';
import { readRecords, type ScriptRecord } from '../../script/records.ts';
import { readAnnounced, readConnected, readLogged, uniquePeers } from './read-peers.ts';
import { readSettings } from './read-settings.ts';
import { daemonStart } from './script.ts';

const MAX_SETTINGS_BYTES = 1_048_576;
const LEAK_KINDS = [
  'log',
  'journal',
  'shell-history',
  'git',
  'world-readable',
  'unit',
  'environment',
] as const;

function isLeakKind(text: string): text is (typeof LEAK_KINDS)[number] {
  return (LEAK_KINDS as readonly string[]).includes(text);
}

/** A daemon that finds no token makes one within its first seconds, together with its node id. */
const MINTING_MS = 60_000;
const TOGETHER_MS = 5_000;

/**
 * Whether the token changed after the daemon had read it.
 * @param nodeIdAt when the node id was written: a token of the same moment is the daemon's own; null when not known
 * @returns null when the change came so soon after the start that the daemon may have read it before or after
 */
function changedSince(startedAt: number, modifiedAt: number, nodeIdAt: number | null): boolean | null {
  if (modifiedAt < startedAt) return false;
  if (modifiedAt >= startedAt + MINTING_MS) return true;
  return nodeIdAt !== null && Math.abs(modifiedAt - nodeIdAt) <= TOGETHER_MS ? false : null;
}

function readToken(
  instance: InstanceProfile,
  own: (tag: string) => ScriptRecord[],
  context: CollectContext,
  gaps: Gap[],
): TokenFact | null {
  const folder = instance.configurationFolder;
  if (!folder) return null;
  const path = `${folder}/swarm-token`;
  const nothing = {
    length: null,
    hexadecimal: null,
    distinctCharacters: null,
    fingerprint: null,
    leaks: null,
  };
  const fields = own('token')[0]?.fields;
  if (!fields) {
    const status = own('folder')[0]?.fields[1]?.toString('latin1');
    const reason =
      status === '4'
        ? 'its folder is reached through a symbolic link, which is not followed'
        : 'its folder cannot be entered or is not there';
    gaps.push(gapOf(path, reason, helpFor(context)));
    return null;
  }
  const state = fields[1]?.toString('latin1');
  const modifiedAt = decodeInstant(fields[2]);
  const started = daemonStart(instance, context);
  const mintedAt = decodeInstant(fields[7]);
  const newerThanProcess =
    instance.running && started !== null && modifiedAt !== null
      ? changedSince(started * 1_000, Date.parse(modifiedAt), mintedAt === null ? null : Date.parse(mintedAt))
      : null;
  const base = { instance: instance.id, path, exists: state !== 'missing', modifiedAt, newerThanProcess };
  if (state === 'closed') gaps.push(gapOf(path, 'only its owner and root can read it', helpFor(context)));
  if (state === 'odd') gaps.push(gapOf(path, 'it is no regular file, and was not opened'));
  if (state !== 'read') return { ...base, ...nothing };
  const searched = own('searched')[0]?.fields[1]?.toString('latin1');
  const found = own('leak').map(({ fields: leak }) => ({
    kind: decodeShort(leak[1]),
    // Line ends travel as \x01, so that the shell can read names line by line.
    place: decodePath(leak[2]).replaceAll('\u0001', '\n'),
  }));
  if (searched) gaps.push(gapOf(`copies of ${path}`, searched));
  if (searched === undefined) gaps.push(gapOf(`copies of ${path}`, 'the search did not come to its end'));
  const cut = found.filter((entry) => !entry.place.startsWith('/') && entry.place.startsWith('late'));
  for (const where of new Set(cut.map(({ kind, place }) => place.slice(5) || kind))) {
    const reason = 'not searched or told to its end: too much, too slow or closed';
    gaps.push(gapOf(`copies of ${path} in ${where}`, reason, helpFor(context)));
  }
  const leaks = found.flatMap(({ kind, place }, index) =>
    isLeakKind(kind) &&
    !cut.some((entry) => entry.kind === kind && entry.place === place) &&
    found.findIndex((entry) => entry.kind === kind && entry.place === place) === index
      ? [{ kind, place }]
      : [],
  );
  const fingerprint = fields[6]?.toString('latin1') ?? '';
  return {
    ...base,
    length: decodeNumber(fields[3]),
    hexadecimal: fields[4]?.toString('latin1') === 'yes',
    distinctCharacters: decodeNumber(fields[5]),
    fingerprint: /^[0-9a-f]{64}$/.test(fingerprint) && context.salt.length === 64 ? fingerprint : null,
    leaks: searched === '' ? leaks.slice(0, 128) : leaks.length > 0 ? leaks.slice(0, 128) : null,
  };
}

function readPlugin(instance: string, fields: readonly Buffer[]): PluginFact | null {
  const path = decodePath(fields[1]);
  const digest = fields[5]?.toString('latin1') ?? '';
  const uid = decodeNumber(fields[2]);
  if (!path.startsWith('/') || uid === null || uid > 4_294_967_295) return null;
  return {
    instance,
    name: baseName(path).slice(0, 256),
    path,
    uid,
    mode: (decodeNumber(fields[3], 8) ?? 0) & 0o7777,
    modifiedAt: decodeInstant(fields[4]),
    digest: /^[0-9a-f]{64}$/.test(digest) ? digest : null,
    files: decodeNumber(fields[6]) ?? 0,
  };
}

/** `STATUS CONTENT-TYPE` of our request; curl's 000 and an exit status mean that there was no HTTP answer. */
function readProbe(instance: string, fields: readonly Buffer[]): MycoswarmFacts['probes'][number] | null {
  const service = fields[1]?.toString('latin1');
  const port = decodeNumber(fields[2]);
  const match = /^([1-5][0-9]{2}) ?(.*)$/s.exec(decodeText(fields[4], 512));
  const exit = fields[5]?.toString('latin1') ?? '';
  if ((service !== 'api' && service !== 'dashboard') || port === null || port > 65_535) return null;
  const words: Record<string, string> = {
    '7': 'connection refused',
    '28': 'no answer in time',
    '52': 'empty answer',
    '127': 'neither curl nor python3 is installed',
    '137': 'no answer in time',
  };
  return {
    instance,
    service,
    port,
    path: decodeShort(fields[3]),
    status: match ? Number(match[1]) : null,
    contentType: match?.[2]?.slice(0, 256) || null,
    error: match ? null : (words[exit] ?? `no HTTP answer (status ${exit})`.slice(0, 256)),
  };
}

function readToolLog(record: ScriptRecord | undefined): MycoswarmFacts['toolCallLog'] {
  const fields = record?.fields;
  const [uid, folderUid] = [decodeNumber(fields?.[1]), decodeNumber(fields?.[4])];
  if (!fields || uid === null || folderUid === null || Math.max(uid, folderUid) > 4_294_967_295) return null;
  return {
    path: decodePath(fields[0]),
    uid,
    mode: (decodeNumber(fields[2], 8) ?? 0) & 0o7777,
    modifiedAt: decodeInstant(fields[3]),
    folderUid,
    folderMode: (decodeNumber(fields[5], 8) ?? 0) & 0o7777,
  };
}

/** Reads the answer of `mycoswarmScript`. The token itself is in no part of it. */
export function parseMycoswarm(output: ScriptOutput, context: CollectContext): Collected<MycoswarmFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const gaps: Gap[] = [];
  const facts: MycoswarmFacts = {
    tokens: [],
    plugins: [],
    settings: [],
    probes: [],
    notIsolatedLines: null,
    peersSeen: [],
    toolCallLog: readToolLog(records.find((record) => record.tag === 'tool-log')),
  };
  let everyJournal = context.profile.instances.length > 0;
  for (const instance of context.profile.instances) {
    const own = (tag: string) =>
      records.filter((record) => record.tag === tag && decodeShort(record.fields[0]) === instance.id);
    const token = readToken(instance, own, context, gaps);
    if (token) facts.tokens.push(token);
    facts.plugins.push(...own('plugin').flatMap((record) => readPlugin(instance.id, record.fields) ?? []));
    const expected = Math.min(decodeNumber(own('plugins-count')[0]?.fields[1]) ?? 0, 256);
    if (own('plugin').length < expected && own('plugins-cut').length === 0)
      gaps.push(gapOf(`plugins of ${instance.id}`, 'not all of them were told'));
    for (const { fields } of own('plugins-cut')) {
      gaps.push(gapOf(`plugins in ${decodePath(fields[1])}`, decodeShort(fields[2])));
    }
    facts.probes.push(...own('probe').flatMap((record) => readProbe(instance.id, record.fields) ?? []));
    const file = `${instance.configurationFolder}/config.json`;
    for (const { fields } of own('settings')) {
      const content = fields[1] ?? Buffer.alloc(0);
      const read =
        content.length > MAX_SETTINGS_BYTES
          ? null
          : readSettings(content.toString('utf8'), instance.id, file);
      const why = content.length > MAX_SETTINGS_BYTES ? 'it is longer than 1 MiB' : 'it is no JSON object';
      if (read) facts.settings.push(...read);
      else gaps.push(gapOf(file, `${why}, and was not read`));
    }
    if (own('settings-closed').length > 0) gaps.push(gapOf(file, 'it cannot be read', helpFor(context)));
    const lines = decodeNumber(own('journal')[0]?.fields[1]);
    if (lines === null) everyJournal = false;
    else facts.notIsolatedLines = (facts.notIsolatedLines ?? 0) + lines;
    facts.peersSeen.push(...readLogged(decodeText(own('peers')[0]?.fields[1], 262_144)));
  }
  if (facts.toolCallLog === null && records.some((record) => record.tag === 'folder')) {
    gaps.push(
      gapOf('record of tool calls', 'the folder of configuration could not be entered', helpFor(context)),
    );
  }
  if (!everyJournal && context.profile.instances.length > 0) {
    gaps.push(
      gapOf('log of mycoSwarm', 'neither a journal nor a log file of it could be read', helpFor(context)),
    );
    // Lines of one installation say nothing of another: zero would be a claim about both.
    if (facts.notIsolatedLines === 0) facts.notIsolatedLines = null;
  }
  const text = (tag: string) => decodeText(records.find((record) => record.tag === tag)?.fields[0], 131_072);
  facts.peersSeen = uniquePeers([
    ...facts.peersSeen,
    ...readAnnounced(text('announced')),
    ...readConnected(text('connected')),
  ]);
  facts.plugins.splice(1_024);
  facts.settings.splice(512);
  facts.probes.splice(256);
  if (!finished) gaps.push(gapOf('state of mycoSwarm', whyUnfinished(output), helpFor(context)));
  return seen(facts, gaps);
}
