import type { IsolatedNode, IsolationScope } from '#shared/domain/incident/isolation.ts';
import { lackingOf, THIS_COMPUTER } from '#shared/domain/incident/isolation-proof.ts';

/** What root on an isolated node could still undo, one sentence each; said before it is ordered and as long as it holds. */
export function couldUndo(name: string, scope: IsolationScope): string[] {
  return [
    `Root on ${name} can remove its own rules. They are brought back within about a second, unless that process is ended too.`,
    `Root on ${name} can take another network and hardware address, which its peers do not know.`,
    ...(scope === 'node'
      ? [
          `ARP and neighbour discovery pass, a few packets each second: root on ${name} could hide some bytes in them.`,
        ]
      : agentLimits(name)),
    `Pulling the network cable of ${name}, or switching its radio off, is the only thing that root there cannot undo.`,
  ];
}

/** What goes on where only mycoSwarm is cut off; said before it is ordered and as long as it holds. */
export function agentLimits(name: string): string[] {
  return [
    `Only the accounts of mycoSwarm on ${name} are cut off. SSH, every other account and every other program there go on, and so does whoever became one of these.`,
    `A program on ${name} that takes orders over a Unix socket or a file, such as Docker, a proxy or a timer of another account, can still carry them out for an agent.`,
    `The peers of ${name} drop its swarm traffic alone: the API and the announcements. Everything else from ${name} reaches them.`,
  ];
}

/** @returns one sentence: what is true of this node now, and what to do if something is in the way */
export function messageOf(node: IsolatedNode, why: string, scope: IsolationScope): string {
  const { name, state } = node;
  const whole = scope === 'node';
  const drop = dropWords(node, whole);
  const cut = whole ? `${name} is cut off` : `mycoSwarm on ${name} is cut off, and nothing else there`;
  const reason = why === '' ? '' : ` ${why}`;
  switch (state) {
    case 'asked':
      return why === ''
        ? `${name} was told and has not answered yet.`
        : `${name} has not done it yet: ${why}`;
    case 'armed':
      return `The timer on ${name} runs; its rules are not known to be in force yet.`;
    case 'cut':
      return whole
        ? `${name} cut itself off.${drop} It is not confirmed yet: without that, SSH opens to the LAN again by itself.${reason}`
        : `${cut}.${drop} It is not confirmed yet: without that, it would not survive a restart.${reason}`;
    case 'confirmed':
      return `${cut}, confirmed over a fresh connection.${drop} Not all of it holds: ${listed(lackingOf(node)) || 'something of it'} ${lackingOf(node).length > 1 ? 'are' : 'is'} not as it should be.${reason}`;
    case 'kept':
      return `${cut}, confirmed over a fresh connection, and stays so when ${name} restarts.${drop}${reason}`;
    case 'stepped-down':
      return whole
        ? `Nobody confirmed in time: ${name} opened SSH to the LAN. By its rules nothing else leaves it.${drop} Isolate it again to close SSH.`
        : `Nobody confirmed in time. mycoSwarm on ${name} stays cut off until ${name} restarts.${drop} Isolate it again to keep it.`;
    case 'lying':
      return `${name} says that it is cut off, ${contradiction(node)}. Nothing that it says counts any more.${drop} Pull its network cable.`;
    case 'contained-by-peers':
      return `${drop === '' ? 'No peer answers any more.' : drop.trim()} ${name} itself has not confirmed${why === '' ? '' : ` (${why})`}: the surest next step is to pull its network cable.`;
    case 'releasing':
      return why === ''
        ? `${name} is being let back in: itself first, its peers last.`
        : `${name} is not let back in yet: ${why} ${drop === '' ? '' : 'Its peers still drop it.'}`.trim();
    case 'released':
      return releasedWords(node);
    case 'failed':
      return `Nothing holds ${name}: ${why === '' ? 'nobody answered' : why} Pull its network cable.`;
  }
}

function dropWords({ layers }: IsolatedNode, whole: boolean): string {
  const peers = layers.filter(({ layer }) => layer === 'peer');
  const names = (is: string) => peers.filter((one) => one.is === is).map(({ name }) => name);
  const what = whole ? 'every packet from it' : 'the swarm’s packets from it';
  const say = (some: string[], end: string) =>
    some.length === 0 ? '' : ` ${listed(some)} ${some.length === 1 ? 'refuses' : 'refuse'} ${end}.`;
  return `${say(names('holds'), what)}${say(names('partly'), `${whole ? 'its packets' : what} in part`)}`;
}

function contradiction({ probes }: IsolatedNode): string {
  const open = probes.find(
    (one) => one.from === THIS_COMPUTER && one.expected === 'stopped' && one.outcome === 'open',
  );
  return `yet it answered this computer at ${open?.to ?? 'a port that should be shut'}`;
}

function releasedWords({ name, layers, setUpAnew }: IsolatedNode): string {
  const late = layers.filter(({ layer, is }) => layer === 'peer' && is !== 'lifted').map((one) => one.name);
  const still =
    late.length === 0
      ? ''
      : ` ${listed(late)} did not answer and may still drop it; ${late.length === 1 ? 'it is' : 'they are'} told as soon as ${late.length === 1 ? 'it answers' : 'they answer'}.`;
  return setUpAnew
    ? `${name} was let go without an answer of its own: its peers take its packets again.${still} It may still be what it was, with its own rules in force: set it up anew before it rejoins.`
    : `${name} is no longer cut off, and its peers take its packets again.${still}`;
}

const RANK: readonly IsolatedNode['state'][] = [
  'failed',
  'lying',
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
export function sentenceOf(nodes: readonly IsolatedNode[], scope: IsolationScope): string {
  const worst = [...nodes].sort((a, b) => RANK.indexOf(a.state) - RANK.indexOf(b.state))[0];
  if (worst === undefined) return 'No node is isolated.';
  const alike = nodes.filter(({ state }) => state === worst.state);
  const whole = scope === 'node';
  const names = listed(alike.map(({ name }) => name));
  const who = whole ? names : `mycoSwarm on ${names}`;
  const one = alike.length === 1;
  const [are, their] = [one || !whole ? 'is' : 'are', one ? 'its' : 'their'];
  switch (worst.state) {
    case 'lying':
      return `${names} ${one ? 'says that it is' : 'say that they are'} cut off, and ${one ? 'is' : 'are'} not.`;
    case 'contained-by-peers': {
      const isPart = alike.some(
        ({ layers }) => !layers.some(({ layer, is }) => layer === 'peer' && is === 'holds'),
      );
      return `${names} ${one ? 'is' : 'are'} contained ${isPart ? 'in part ' : ''}by ${their} peers, not confirmed.`;
    }
    case 'failed':
      return `${names} ${one ? 'is' : 'are'} not isolated: nothing holds ${one ? 'it' : 'them'}.`;
    case 'asked':
    case 'armed':
      return `${who} ${are} being isolated.`;
    case 'cut':
      return `${who} ${are} cut off, not confirmed yet.`;
    case 'stepped-down':
      return whole
        ? `${names} opened SSH to the LAN: nobody confirmed in time.`
        : `${who} ${are} cut off, not confirmed in time.`;
    case 'releasing':
      return `${names} ${one ? 'is' : 'are'} being let back in.`;
    case 'released':
      return alike.some(({ setUpAnew }) => setUpAnew)
        ? `${names} ${one ? 'was' : 'were'} let go without an answer: set ${one ? 'it' : 'them'} up anew before ${one ? 'it rejoins' : 'they rejoin'}.`
        : `${names} ${one ? 'is' : 'are'} released.`;
    case 'confirmed':
      return `${who} ${are} isolated, but not all of it holds.`;
    case 'kept':
      return `${who} ${are} isolated.`;
  }
}

/** Names as a sentence has them, at most four of them. */
export function listed(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
