import { runTrip } from '#core/facts/collect/trip.ts';
import type { ScriptOutput } from '#core/facts/collector.ts';
import { readRecords } from '#core/facts/script/records.ts';
import type { ScriptHost } from '#core/hosts/host.ts';
import type { AgentPlaces } from '#core/incidents/evidence/places.ts';
import { shownPath } from '#core/incidents/workspace/compare.ts';
import { readMounted } from '#core/incidents/workspace/mounted-below.ts';
import { readList } from '#core/incidents/workspace/tree.ts';
import type { HuntHit, HuntQuery } from '#shared/domain/incident/hunt.ts';
import { inHosts, inSockets, inTracked } from './destinations.ts';
import { destinationHunt, hashHunt, huntedPlaces, pathHunt } from './hunt-script.ts';

/** Milliseconds that the script may run on a node. */
const BUDGET_MS = 7_500;
const ANSWER_BYTES = 8 * 1024 * 1024;

/** What one node itself answered. */
export interface NodeAnswer {
  hits: HuntHit[];
  lookedAt: number;
  /** What was not looked at, and why. */
  why: string[];
  /** All was looked at that had to be. */
  whole: boolean;
  /** The node was asked and answered at all. */
  asked: boolean;
  /** Addresses to look for in events besides the destination. */
  addresses: string[];
}

/** Asks one node. Never rejects: what is wrong is said in `why`. */
export async function huntOnNode(
  host: ScriptHost,
  query: HuntQuery,
  places: AgentPlaces,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  const made = scriptOf(query, places);
  if (!made.ok) return unasked(`It cannot be asked for this: ${made.why}.`);
  let output: ScriptOutput | null = null;
  let user = true;
  const end = await runTrip(host, [{ script: made.script, budgetMs: BUDGET_MS, maxBytes: ANSWER_BYTES }], {
    sudo: true,
    signal,
    onHello: ({ uid }) => {
      user = uid !== 0;
    },
    onJob: (_, given) => {
      output = given;
    },
  });
  if (!end.ok) return unasked(signal.aborted ? 'It did not answer in time.' : end.error.message);
  if (output === null) return unasked('It gave no answer.');
  const answer = readAnswer(query, output, places);
  if (!user) return answer;
  return {
    ...answer,
    whole: query.for === 'path' ? answer.whole : false,
    why: [...answer.why, 'Looked at as an ordinary account: what is closed to it was not seen.'],
  };
}

function unasked(why: string): NodeAnswer {
  return { hits: [], lookedAt: 0, why: [why], whole: false, asked: false, addresses: [] };
}

function scriptOf(
  query: HuntQuery,
  places: AgentPlaces,
): { ok: true; script: string } | { ok: false; why: string } {
  if (query.for === 'hash') return { ok: true, script: hashHunt(query.sha256, places) };
  if (query.for === 'path') return pathHunt(query.path);
  return { ok: true, script: destinationHunt() };
}

function readAnswer(query: HuntQuery, output: ScriptOutput, places: AgentPlaces): NodeAnswer {
  if (query.for === 'hash') return readHashes(output, places);
  return query.for === 'path' ? readPaths(output) : readDestinations(output, query.destination);
}

/** Reads what `hashHunt` prints: hostile. `whole` only when all was hashed that had to be, and nothing lay on another file system. */
export function readHashes(output: ScriptOutput, places: AgentPlaces): NodeAnswer {
  if (output.exitCode === 3 || output.exitCode === 4)
    return unasked('It has no sha256sum and find that can do this.');
  const { records } = readRecords(output);
  const found = records
    .filter(({ tag }) => tag === 'hit')
    .map(({ fields }) => shownPath((fields[0] ?? Buffer.alloc(0)).toString('latin1').slice(0, 8_192)));
  // A home below a temporary folder is looked at twice.
  const hits = [...new Set(found)].map((path): HuntHit => {
    const program = /^\/proc\/([0-9]+)\/exe$/.exec(path)?.[1];
    const detail =
      program === undefined ? 'A file with this content.' : `The program of the running process ${program}.`;
    return { seen: 'file', what: path, detail, at: null };
  });
  const looked = Number(
    records.find(({ tag }) => tag === 'looked')?.fields[0]?.toString('latin1', 0, 12) ?? '0',
  );
  const all = records.some(({ tag }) => tag === 'all');
  const why = [
    'Files over 64 MB, and files outside the places of agents and temporary ones, were not hashed.',
  ];
  if (!all) why.unshift('Time was over before all files were hashed.');
  const mounted = readMounted(huntedPlaces(places), records);
  if (mounted === null)
    why.unshift('Which file systems are mounted there is not known; what is in them was not hashed.');
  else if (mounted.length > 0)
    why.unshift(`Other file systems are mounted there and were not looked into: ${shownMounts(mounted)}.`);
  const unknown = places.homes.length + places.configurationFolders.length + places.workspaces.length === 0;
  if (unknown)
    why.unshift(
      'Where mycoSwarm is on it is not known: only temporary places and running programs were hashed.',
    );
  return {
    hits,
    lookedAt: Number.isSafeInteger(looked) && looked >= 0 ? looked : 0,
    why,
    whole: all && !unknown && mounted?.length === 0,
    asked: true,
    addresses: [],
  };
}

function shownMounts(mounted: readonly string[]): string {
  const shown = mounted.slice(0, 4).map((path) => shownPath(path.slice(0, 90)));
  return shown.join(', ') + (mounted.length > 4 ? ` and ${mounted.length - 4} more` : '');
}

function readPaths(output: ScriptOutput): NodeAnswer {
  const tree = readList(output.stdout);
  const hits = [...tree.entries].map(([path, entry]): HuntHit => {
    const mode = entry.mode.toString(8).padStart(4, '0');
    const detail = `${entry.kind}, ${entry.size} bytes, mode ${mode}, owner ${entry.uid}:${entry.gid}${entry.target === null ? '' : `, leads to ${shownPath(entry.target)}`}`;
    const at =
      entry.modified > 0 && entry.modified < 253_402_300_800_000
        ? new Date(Math.floor(entry.modified)).toISOString()
        : null;
    return { seen: 'file', what: shownPath(path), detail: detail.slice(0, 1_024), at };
  });
  const why: string[] = [];
  if (tree.closed.length > 0) why.push('Some folders on the way could not be looked into.');
  if (!tree.whole) why.push('Time was over before all folders were looked into.');
  return {
    hits,
    lookedAt: tree.entries.size,
    why,
    whole: tree.whole && tree.closed.length === 0,
    asked: true,
    addresses: [],
  };
}

function readDestinations(output: ScriptOutput, destination: string): NodeAnswer {
  const { records, finished } = readRecords(output);
  const text = (tag: string): string | null =>
    records.find((record) => record.tag === tag)?.fields[0]?.toString('utf8') ?? null;
  const hosts = inHosts(text('hosts') ?? '', destination);
  const sockets = inSockets(text('sockets') ?? '', hosts.addresses);
  const tracked = inTracked(text('tracked') ?? '', hosts.addresses);
  const why: string[] = [];
  const named = hosts.addresses.size > 0;
  if (!named)
    why.push(
      'The node knows no address of this name by itself, and no name server was asked: connections were not compared.',
    );
  if (text('sockets') === null) why.push('Its connections could not be listed: it has no ss.');
  if (!finished) why.push('Its answer broke off.');
  return {
    hits: [...sockets.hits, ...tracked.hits, ...hosts.hits],
    lookedAt: sockets.lines + tracked.lines,
    why,
    whole: finished && named && text('sockets') !== null,
    asked: true,
    addresses: [...hosts.addresses],
  };
}
