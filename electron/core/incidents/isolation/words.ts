import type { IsolatedNode, IsolationScope } from '#shared/domain/incident/isolation.ts';

/** What root on an isolated node could still undo, one sentence each; said before it is ordered and as long as it holds. */
export function couldUndo(name: string, scope: IsolationScope): string[] {
  return [
    `Root on ${name} can remove its own rules. They are brought back within about a second, unless that process is ended too.`,
    `Root on ${name} can take another network and hardware address, which its peers do not know.`,
    ...(scope === 'node'
      ? [
          `ARP and neighbour discovery pass, a few packets each second: root on ${name} could hide some bytes in them.`,
        ]
      : [`Only the accounts of mycoSwarm are cut off. Whoever became root on ${name} is not.`]),
    `Pulling the network cable of ${name}, or switching its radio off, is the only thing that root there cannot undo.`,
  ];
}

/** @returns one sentence: what is true of this node now, and what to do if something is in the way */
export function messageOf(node: IsolatedNode, why: string): string {
  const { name, state } = node;
  const peers = node.layers
    .filter(({ layer, is }) => layer === 'peer' && is === 'holds')
    .map((one) => one.name);
  const drop =
    peers.length === 0
      ? ''
      : ` ${listed(peers)} ${peers.length === 1 ? 'refuses' : 'refuse'} every packet from it.`;
  switch (state) {
    case 'asked':
      return why === ''
        ? `${name} was told and has not answered yet.`
        : `${name} has not done it yet: ${why}`;
    case 'armed':
      return `The timer on ${name} runs; its rules are not known to be in force yet.`;
    case 'cut':
      return `${name} cut itself off.${drop} It is not confirmed yet: without that, SSH opens to the LAN again by itself.${why === '' ? '' : ` ${why}`}`;
    case 'confirmed':
      return `${name} is cut off, confirmed over a fresh connection.${drop} It would not survive a restart of ${name}: no unit could be placed there.`;
    case 'kept':
      return `${name} is cut off, confirmed over a fresh connection, and stays so when it restarts.${drop}`;
    case 'stepped-down':
      return `Nobody confirmed in time: ${name} opened SSH to the LAN. Nothing else leaves it.${drop} Isolate it again to close SSH.`;
    case 'contained-by-peers':
      return `${peers.length === 0 ? 'No peer answers any more.' : drop.trim()} ${name} itself has not confirmed${why === '' ? '' : ` (${why})`}: the surest next step is to pull its network cable.`;
    case 'releasing':
      return why === ''
        ? `${name} is being let back in: itself first, its peers last.`
        : `${name} is not let back in yet: ${why} Its peers still drop it.`;
    case 'released':
      return `${name} is no longer cut off, and its peers take its packets again.`;
    case 'failed':
      return `Nothing holds ${name}: ${why === '' ? 'nobody answered' : why} Pull its network cable.`;
  }
}

const RANK: readonly IsolatedNode['state'][] = [
  'failed',
  'asked',
  'armed',
  'stepped-down',
  'contained-by-peers',
  'releasing',
  'cut',
  'confirmed',
  'kept',
  'released',
];

/** @returns one sentence for the top of a page, about the node that needs a person most */
export function sentenceOf(nodes: readonly IsolatedNode[]): string {
  const worst = [...nodes].sort((a, b) => RANK.indexOf(a.state) - RANK.indexOf(b.state))[0];
  if (worst === undefined) return 'No node is isolated.';
  const same = nodes.filter(({ state }) => state === worst.state).map(({ name }) => name);
  const [who, are, their] = [
    listed(same),
    same.length === 1 ? 'is' : 'are',
    same.length === 1 ? 'its' : 'their',
  ];
  switch (worst.state) {
    case 'contained-by-peers':
      return `${who} ${are} contained by ${their} peers, not confirmed.`;
    case 'failed':
      return `${who} ${are} not isolated: nothing holds ${same.length === 1 ? 'it' : 'them'}.`;
    case 'asked':
    case 'armed':
      return `${who} ${are} being isolated.`;
    case 'cut':
      return `${who} ${are} cut off, not confirmed yet.`;
    case 'stepped-down':
      return `${who} opened SSH to the LAN: nobody confirmed in time.`;
    case 'releasing':
      return `${who} ${are} being let back in.`;
    case 'released':
      return `${who} ${are} released.`;
    default:
      return `${who} ${are} isolated.`;
  }
}

/** Names as a sentence has them, at most four of them. */
export function listed(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
