import type { FixStep } from '../finding.ts';
import type { NodeAddress } from '../node.ts';
import type { InstanceProfile } from '../profile.ts';
import { visible } from '../text.ts';

/** What is known of the node that is to be isolated. */
export interface NodeToIsolate {
  name: string;
  address: NodeAddress;
  /** What runs there; empty when it is not known. */
  instances: readonly Pick<InstanceProfile, 'unit' | 'user'>[];
}

/** Names that can stand in a command as they are: units of systemd (systemd.unit(5)) and accounts (useradd(8)). */
const UNIT = /^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,200}\.service$/;
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,31}$/;

/** How mycoSwarm's own unit is called where nothing else is known. */
const USUAL_UNIT = 'mycoswarm.service';
const HOUR_MS = 3_600_000;

/**
 * What a person does by hand when an agent may be doing harm now: freeze it, keep what goes away first, end it. Nothing
 * from the node stands in a command but names that need no quotes.
 * @param since when the first sign was seen, ISO 8601; what the log said in the hour before is kept too
 * @returns steps in their order; commands are for the administrator of the node (systemctl(1), journalctl(1), ss(8))
 */
export function isolateByHand({ address, instances }: NodeToIsolate, since: string): FixStep[] {
  const units = instances.map(({ unit }) => unit).filter((unit) => unit !== null && UNIT.test(unit));
  const accounts = instances
    .filter(({ unit }) => unit === null)
    .map(({ user }) => user)
    .filter((user) => user !== null && user !== 'root' && ACCOUNT.test(user));
  const named = units.length > 0 || accounts.length > 0 ? units : [USUAL_UNIT];
  const freeze = [
    ...named.map((unit) => `systemctl kill --signal=SIGSTOP ${unit}`),
    ...accounts.map((user) => `pkill -STOP -u ${user}`),
  ];
  const end = [
    ...named.map((unit) => `systemctl disable --now ${unit}`),
    ...accounts.map((user) => `pkill -KILL -u ${user}`),
  ];
  const begins = new Date(Date.parse(since) - HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
  const of = named.map((unit) => ` --unit=${unit}`).join('');
  const step = (text: string, command: string): FixStep => ({ text, command, needsRoot: true });
  return [
    ...(address.kind === 'ssh' ? [reach(address)] : []),
    step('Freeze the agents. They do nothing more, and what is in their memory stays.', freeze.join('; ')),
    step(
      'Write down what runs and what it is connected to. This goes away first.',
      '(date -u; ss -tunap; ps -eww -o user,pid,ppid,lstart,args) > /root/now.txt',
    ),
    step(
      'Keep what its log said, from an hour before.',
      `journalctl${accounts.length > 0 ? '' : of} --since="${begins} UTC" > /root/journal.txt`,
    ),
    step('Then end them, and keep them from starting again.', end.join('; ')),
  ];
}

function reach({ host, user, port }: Extract<NodeAddress, { kind: 'ssh' }>): FixStep {
  const to = visible(user === undefined ? host : `${user}@${host}`);
  return {
    text: 'If its cable has to stay in: log in from this computer. Else sit down at its own keyboard.',
    command: `ssh${port === 22 ? '' : ` -p ${port}`} -- ${to}`,
    needsRoot: false,
  };
}
