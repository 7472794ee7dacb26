import type { CheckId } from './check-id.ts';
import type { FindingStatus } from './finding.ts';
import { LEVELS, type Level } from './level.ts';
import { plainName } from './plain-name.ts';
import { DOORS, type Door, TROUBLES } from './trouble-words.ts';
import { capital, counted, countWord, listed } from './words.ts';

/** What the sentence of the day has to know of one node. */
export interface NodeInBrief {
  name: string;
  sample: boolean;
  /** Null: no mycoSwarm was found, or nobody looked yet. */
  level: Level | null;
  looked: boolean;
  /** The last look failed: findings are from before. */
  away: boolean;
  /** A risk is accepted on its present step until then, as a day in words; null when none is. */
  acceptedUntil: string | null;
  /** Findings that are not fine: without those that this version lacks. */
  open: readonly { check: CheckId; status: FindingStatus }[];
  /** What needed fixing when it was seen last, as a day in words, and was out of sight of the newest look; absent when nothing is. */
  hidden?: { count: number; day: string } | undefined;
}

const NAMES = 3;
const NAME_LENGTH = 32;

/**
 * The sentence of the day: how things are, in words a neighbour would understand. It names nodes, not checks, and says
 * the worst first: open doors, other things to fix, things to decide, what could not be seen. Sample nodes count only
 * when there is no other.
 * @returns one to three sentences, at most 512 characters
 */
export function sentenceOfTheDay(all: readonly NodeInBrief[]): string {
  if (all.length === 0) return 'No node yet. Start with the computer in front of you.';
  const real = all.filter((node) => !node.sample);
  const nodes = real.length > 0 ? real : all;
  const mark = real.length > 0 ? '' : 'This is a sample. ';
  return `${mark}${sentenceOf(nodes)}`.slice(0, 512);
}

function sentenceOf(nodes: readonly NodeInBrief[]): string {
  const seen = nodes.filter((node) => node.looked);
  if (seen.length === 0) return neverLooked(nodes);
  const away = nodes.filter((node) => node.away);
  const present = seen.filter((node) => !node.away);
  const fix = countOpen(seen, 'fix');
  const hidden = outOfSight(seen);
  const main =
    (fix > 0 ? toFix(seen, fix) : null) ??
    (hidden === null ? toDecide(seen) : null) ??
    (hidden !== null || present.length === 0 ? null : (notSeen(seen) ?? nothing(present, nodes.length)));
  const rest = away.length > 0 ? notAnswering(away) : waiting(nodes);
  return [main, hidden, rest].filter((part) => part !== null).join(' ');
}

function neverLooked(nodes: readonly NodeInBrief[]): string {
  const away = nodes.filter((node) => node.away);
  if (away.length === nodes.length) return `${names(away)} could not be reached yet.`;
  return `We have not looked at ${names(nodes)} yet.`;
}

function toFix(nodes: readonly NodeInBrief[], fix: number): string {
  const doors = nodes.map((node) => ({ node, open: doorsOf(node) })).filter(({ open }) => open.length > 0);
  const [door] = doors;
  if (doors.length === 1 && door) return doorsOfOne(door.node, door.open);
  if (doors.length > 1) return doorsOfSeveral(doors);
  const concerned = nodes.filter((node) => has(node, 'fix'));
  const [first] = concerned;
  const check = first?.open.find((entry) => entry.status === 'fix')?.check;
  if (fix === 1 && first && check) return `${TROUBLES[check].replace('{node}', () => short(first))}.`;
  if (concerned.length === 1 && first) return `${capital(counted(fix, 'thing'))} to fix on ${short(first)}.`;
  const parts = [...concerned]
    .sort((a, b) => countOpen([b], 'fix') - countOpen([a], 'fix'))
    .map((node) => `${countWord(countOpen([node], 'fix'))} on ${short(node)}`);
  return `${capital(counted(fix, 'thing'))} to fix: ${listed(parts, NAMES, 'node')}.`;
}

/** The doors of one node, with who does what: first the agent, then the machine. */
function doorsOfOne(node: NodeInBrief, doors: readonly Door[]): string {
  const does = (whose: Door['whose']) =>
    listed(
      doors.filter((door) => door.whose === whose).map((door) => door.does),
      doors.length,
      'door',
    );
  const [agent, machine] = [does('agent'), does('machine')];
  if (agent === '') return `${short(node)} ${machine}.`;
  return `The agent on ${short(node)} ${agent}${machine === '' ? '' : `; the machine ${machine}`}.`;
}

/** The doors of several nodes: whose, and where each leads. */
function doorsOfSeveral(nodes: readonly { node: NodeInBrief; open: readonly Door[] }[]): string {
  const parts = nodes.map(({ node, open }) => {
    const ways = open.map((door) => door.way);
    return `${short(node)} ${listed(ways, ways.length, 'door')}`;
  });
  const count = nodes.reduce((sum, { open }) => sum + open.length, 0);
  // Nodes with many doors each would make a sentence that nobody reads to its end.
  const limit = nodes.some(({ open }) => open.length > 2) ? NAMES - 1 : NAMES;
  const apart = limit < NAMES ? '; ' : ', ';
  const shown = parts.length > limit + 1 ? listed(parts, limit, 'node') : parts.join(apart);
  return `${capital(counted(count, 'door'))} are open: ${shown}.`;
}

function toDecide(nodes: readonly NodeInBrief[]): string | null {
  const concerned = nodes.filter((node) => has(node, 'review'));
  if (concerned.length === 0) return null;
  const count = countOpen(concerned, 'review');
  return `${capital(counted(count, 'thing'))} on ${names(concerned)} ${count === 1 ? 'is' : 'are'} for you to decide.`;
}

/** What cannot be seen any more is no better for that: it comes right behind what is to be fixed, and never makes a quieter sentence. */
function outOfSight(nodes: readonly NodeInBrief[]): string | null {
  const concerned = nodes.flatMap((node) => (node.hidden === undefined ? [] : [{ node, ...node.hidden }]));
  const [first] = concerned;
  if (first === undefined) return null;
  const count = concerned.reduce((sum, entry) => sum + entry.count, 0);
  const when = concerned.every(({ day }) => day === first.day) ? `on ${first.day}` : 'when seen last';
  const on = names(concerned.map(({ node }) => node));
  const it = count === 1 ? 'it' : 'they';
  return `${capital(counted(count, 'thing'))} on ${on} could not be seen by the last look; ${it} needed fixing ${when}.`;
}

function notSeen(nodes: readonly NodeInBrief[]): string | null {
  const concerned = nodes.filter((node) => has(node, 'unknown'));
  return concerned.length === 0 ? null : `We could not look at everything on ${names(concerned)}.`;
}

function nothing(nodes: readonly NodeInBrief[], all: number): string {
  const standing = nodes.filter((node) => node.level !== null);
  if (standing.length === 0) {
    return `Nothing needs you. mycoSwarm was not found on ${names(nodes)}.`;
  }
  const lowest = Math.min(...standing.map((node) => node.level ?? 4)) as Level;
  const weakest = standing.filter((node) => node.level === lowest);
  const until = weakest.map((node) => node.acceptedUntil).find((day) => day !== null);
  const accepted = until === undefined ? '' : `, with a risk accepted until ${until}`;
  const step = LEVELS[lowest]?.name ?? '';
  if (weakest.length === 1 || standing.length > weakest.length) {
    const [is, stand] = weakest.length === 1 ? ['is', 'stands'] : ['are', 'stand'];
    if (standing.length === 1) return `Nothing needs you. ${names(weakest)} ${stand} on ${step}${accepted}.`;
    return `Nothing needs you. ${names(weakest)} ${is} the weakest of ${countWord(all)}, on ${step}${accepted}.`;
  }
  const who = weakest.length === 2 ? 'Both nodes' : `All ${countWord(weakest.length)} nodes`;
  return `Nothing needs you. ${who} stand on ${step}${accepted}.`;
}

function notAnswering(away: readonly NodeInBrief[]): string {
  const [does, its] = away.length === 1 ? ['does', 'its'] : ['do', 'their'];
  const before = away.some((node) => node.looked) ? `; ${its} findings are from before` : '';
  return `${names(away)} ${does} not answer${before}.`;
}

function waiting(nodes: readonly NodeInBrief[]): string | null {
  const fresh = nodes.filter((node) => !node.looked);
  return fresh.length === 0 ? null : `We have not looked at ${names(fresh)} yet.`;
}

function doorsOf(node: NodeInBrief): Door[] {
  return node.open
    .filter((entry) => entry.status === 'fix')
    .map((entry) => DOORS[entry.check])
    .filter((door) => door !== undefined);
}

function has(node: NodeInBrief, status: FindingStatus): boolean {
  return node.open.some((entry) => entry.status === status);
}

function countOpen(nodes: readonly NodeInBrief[], status: FindingStatus): number {
  return nodes.reduce((sum, node) => sum + node.open.filter((entry) => entry.status === status).length, 0);
}

function short(node: NodeInBrief): string {
  return plainName(node.name, NAME_LENGTH) || 'a node';
}

function names(nodes: readonly NodeInBrief[]): string {
  return listed(nodes.map(short), NAMES, 'node');
}
