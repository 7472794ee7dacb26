import type { Standing } from '#shared/contract/findings.ts';
import type { NodeGlance } from '#shared/contract/found-nodes.ts';
import { LEVELS } from '#shared/domain/level.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { statusWord } from '../../components/status-words.ts';
import { addressWords, standingStatus } from './node-words.ts';

/** In which order nodes can be listed. */
export const ORDERS = {
  worst: 'Worst first',
  name: 'By name',
  unseen: 'Longest not seen first',
  clock: 'Clock furthest off first',
} as const;
export type NodesOrder = keyof typeof ORDERS;

/** A node with all that its row shows. */
export interface ListedNode {
  node: SwarmNode;
  standing: Standing | undefined;
  glance: NodeGlance | undefined;
}

/**
 * The rows of the list.
 * @param typed words that all have to be found in a node's name, address, level or state; empty: all nodes
 */
export function listedNodes(
  {
    nodes,
    standings,
    glances,
  }: {
    nodes: readonly SwarmNode[];
    standings: readonly Standing[];
    glances: readonly NodeGlance[];
  },
  typed: string,
  order: NodesOrder,
): ListedNode[] {
  const standingOf = new Map(standings.map((standing) => [standing.node, standing]));
  const glanceOf = new Map(glances.map((glance) => [glance.node, glance]));
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return nodes
    .map((node) => ({ node, standing: standingOf.get(node.id), glance: glanceOf.get(node.id) }))
    .filter((listed) => words.every((word) => wordsOf(listed).includes(word)))
    .sort((a, b) => compare(a, b, order) || a.node.name.localeCompare(b.node.name));
}

function wordsOf({ node, standing }: ListedNode): string {
  const level = standing?.level == null ? '' : (LEVELS[standing.level]?.name ?? '');
  return [node.name, addressWords(node), level, statusWord(standingStatus(node, standing))]
    .join(' ')
    .toLowerCase();
}

function compare(a: ListedNode, b: ListedNode, order: NodesOrder): number {
  if (order === 'worst') {
    const [first, second] = [weight(a), weight(b)];
    const at = first.findIndex((value, index) => value !== second[index]);
    return at < 0 ? 0 : (second[at] ?? 0) - (first[at] ?? 0);
  }
  if (order === 'unseen') return (a.node.lastLookAt ?? '').localeCompare(b.node.lastLookAt ?? '');
  if (order === 'clock') return skew(b) - skew(a);
  return 0;
}

/** What counts first stands first: things to fix, to review, not answering, not seen. */
function weight({ node, standing }: ListedNode): number[] {
  const { fix = 0, review = 0, unknown = 0 } = standing?.counts ?? {};
  return [fix, review, node.lastError === null ? 0 : 1, unknown];
}

function skew({ glance }: ListedNode): number {
  return Math.abs(glance?.skewMs ?? 0);
}

/**
 * Moves the focus between rows: arrows one on, Home and End to the ends.
 * @param rows the buttons of the rows, in order
 * @returns the row that takes the focus; null for another key, and when none of them has it
 */
export function nextRow<Row>(key: string, rows: readonly Row[], present: Row): Row | null {
  const at = rows.indexOf(present);
  if (at < 0) return null;
  if (key === 'ArrowDown') return rows[at + 1] ?? null;
  if (key === 'ArrowUp') return rows[at - 1] ?? null;
  if (key === 'Home') return rows[0] ?? null;
  return key === 'End' ? (rows.at(-1) ?? null) : null;
}
