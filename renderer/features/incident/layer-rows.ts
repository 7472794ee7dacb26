import type { IsolatedNode, IsolationLayer, IsolationScope } from '#shared/domain/incident/isolation.ts';
import { isContradicted, isSeenShut } from '#shared/domain/incident/isolation-proof.ts';
import { listed } from '#shared/domain/words.ts';

/** One line of what holds a node. */
export interface HoldRow {
  key: string;
  title: string;
  detail: string;
  is: IsolationLayer['is'];
  /** Who says so: somebody outside of the node saw it, or the node alone says it of itself. */
  by: 'seen' | 'said';
  /** Since when, as far as that is known. */
  since: string | null;
}

type Own = readonly [layers: readonly IsolationLayer['layer'][], title: string, detail: string];

const OWN: Readonly<Record<IsolationScope, readonly Own[]>> = {
  node: [
    [['rules'], 'Its own rules', 'root on it could remove them, so its peers hold it too'],
    [
      ['egress', 'sockets'],
      'Raw packets and open connections',
      'a hook on every interface, and what was open is ended',
    ],
    [
      ['timer', 'addresses', 'boot'],
      'Its timer, its address, and after a restart',
      'without an answer in time it opens SSH from this network',
    ],
  ],
  agent: [
    [['rules'], 'Rules for the accounts of mycoSwarm', 'everything else on it goes on'],
    [
      ['egress', 'sockets'],
      'Their raw packets and open connections',
      'a hook on every interface, and what was open is ended',
    ],
    [['timer', 'boot'], 'Its timer, and after a restart', 'not confirmed in time, it ends with a restart'],
  ],
};

/** What is least certain stands for several. */
const WORST: readonly IsolationLayer['is'][] = [
  'failed',
  'sent',
  'partly',
  'waiting',
  'lifted',
  'holds',
  'not-needed',
];

/**
 * The layers of a node as a person reads them: its peers first, each group of the same kind in one line, those that are away apart.
 * A line never says more than the least certain layer in it, and what a node says of itself is never called confirmed.
 */
export function holdRows(node: IsolatedNode, scope: IsolationScope): HoldRow[] {
  const peers = node.layers.filter(({ layer }) => layer === 'peer');
  const rows: HoldRow[] = [];
  for (const is of WORST.toReversed()) {
    const some = peers.filter((peer) => peer.is === is);
    if (some.length === 0 || is === 'not-needed') continue;
    const names = listed(
      some.map(({ name }) => name),
      4,
      'peer',
    );
    rows.push({
      key: `peer ${is}`,
      title: PEERS[is] ?? 'Other peers',
      detail: detailOf(is, names, some),
      is,
      by: 'seen',
      since: newest(some),
    });
  }
  const isLie = isContradicted(node);
  const isSeen = isSeenShut(node);
  for (const [layers, title, detail] of OWN[scope]) {
    const own = node.layers.filter((one) => layers.includes(one.layer) && one.is !== 'not-needed');
    const [first] = own;
    if (first === undefined) continue;
    const isRules = layers.includes('rules');
    const said = WORST.find((state) => own.some((one) => one.is === state)) ?? first.is;
    const is = isRules && isLie && said === 'holds' ? 'failed' : said;
    rows.push({
      key: layers.join(' '),
      title,
      detail:
        is !== said
          ? `${node.name} says that they hold, and it answered this computer all the same`
          : is === 'failed' || is === 'partly'
            ? (own.find((one) => one.is === is)?.proof ?? detail)
            : isRules && is === 'holds'
              ? isSeen
                ? 'this computer tried it from outside and got no answer'
                : `only ${node.name} says so; nobody could try it from outside`
              : detail,
      is,
      by: isRules && isSeen ? 'seen' : 'said',
      since: newest(own),
    });
  }
  return rows;
}

const PEERS: Partial<Record<IsolationLayer['is'], string>> = {
  holds: 'Peers drop it',
  partly: 'Peers drop it in part',
  waiting: 'More peers drop it later',
};

function detailOf(is: IsolationLayer['is'], names: string, some: readonly IsolationLayer[]): string {
  if (is === 'waiting') return `${names}: away; each gets the rule before it may work again`;
  // Why, in the words of the first of them; the others stand in the list of all layers.
  if (is === 'partly' || is === 'failed') return `${names}: ${some[0]?.proof ?? ''}`;
  return names;
}

/** @returns since when all of them are so: since the youngest of them is */
function newest(layers: readonly IsolationLayer[]): string | null {
  return (
    layers
      .map(({ since, at }) => since ?? at)
      .filter((at) => at !== null)
      .sort()
      .at(-1) ?? null
  );
}
