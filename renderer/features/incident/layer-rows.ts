import type { IsolatedNode, IsolationLayer } from '#shared/domain/incident/isolation.ts';
import { listed } from '#shared/domain/words.ts';

/** One line of what holds a node. */
export interface HoldRow {
  key: string;
  title: string;
  detail: string;
  is: IsolationLayer['is'];
  at: string | null;
}

const OWN: readonly (readonly [layers: readonly IsolationLayer['layer'][], title: string, detail: string])[] =
  [
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
  ];

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
 * A line never says more than the least certain layer in it.
 */
export function holdRows(node: IsolatedNode): HoldRow[] {
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
      title: is === 'holds' ? 'Peers drop it' : is === 'waiting' ? 'More peers drop it later' : 'Other peers',
      detail: is === 'waiting' ? `${names}: away; each gets the rule before it may work again` : names,
      is,
      at: newest(some),
    });
  }
  for (const [layers, title, detail] of OWN) {
    const own = node.layers.filter((one) => layers.includes(one.layer) && one.is !== 'not-needed');
    const [first] = own;
    if (first === undefined) continue;
    const is = WORST.find((state) => own.some((one) => one.is === state)) ?? first.is;
    rows.push({
      key: layers.join(' '),
      title,
      detail:
        is === 'failed' || is === 'partly' ? (own.find((one) => one.is === is)?.proof ?? detail) : detail,
      is,
      at: newest(own),
    });
  }
  return rows;
}

function newest(layers: readonly IsolationLayer[]): string | null {
  return (
    layers
      .map(({ at }) => at)
      .filter((at) => at !== null)
      .sort()
      .at(-1) ?? null
  );
}
