import type { Rules } from '#core/firewall/questions/ask.ts';
import { areSameTables, MANAGER_FILES, type Moment } from '#core/firewall/questions/lasting.ts';
import { askOutboundOnce } from './ask-once.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, gapParts, labelOf, notSeen, seen, sourceOf } from './knowledge.ts';
import { fenceSteps } from './outbound-fence.ts';
import { type Asked, VERSIONS } from './outbound-parts.ts';
import type { PacketPart } from './packet-part.ts';
import { momentsOfNode } from './packet-rules.ts';

/** Programs that make rules of their own at boot, from files that are not evaluated here. */
function managersAtBoot(input: CheckInput): string[] {
  const managers = seen(input, 'firewall')?.managers ?? [];
  return managers.flatMap(({ name, enabledAtBoot }) =>
    (name === 'ufw' || name === 'firewalld') && enabledAtBoot !== false ? [MANAGER_FILES[name]] : [],
  );
}

/** Why it cannot be told, and what would help against that. */
interface Doubt {
  why: string;
  wouldHelp: string;
}

const BY_ITS_OWN_UNIT =
  'load the rules of the agent by a unit of their own, as the steps for this item write it';

/** What helps where a file that is loaded at boot could not be judged, by what the look said of it. */
const HELP: readonly (readonly [RegExp, string])[] = [
  [/only root|could not be read|not read$/, AS_ADMINISTRATOR],
  [/programs unshare and nft/, 'install nftables and util-linux there, and look again'],
  [
    /others than root could change it/,
    'give that file, all that it includes and every folder above to root alone, and look again',
  ],
  [/nft refuses to load it/, 'see with nft -c -f FILE what is wrong with that file, and look again'],
  [/did not answer in time|was cut/, 'look again when the machine has less to do'],
  [/no network namespace/, 'allow root to make network namespaces there (unshare -n), and look again'],
  [/either order/, 'say in one of these units, with After=, which comes first'],
  [/not looked at/, 'look at this node again'],
];

/** A doubt about a file names the unit that loads it: `/etc/nftables.conf, loaded by nftables.service: …`. */
function namedDoubt(input: CheckInput, doubt: string): string {
  const boot = seen(input, 'firewall')?.boot;
  const file = boot?.files.find(({ path }) => doubt.startsWith(`${path}: `));
  const loader = boot?.loaders.find(({ files }) => file !== undefined && files.includes(file.path));
  if (file === undefined || loader === undefined) return doubt;
  return `${file.path}, loaded by ${loader.unit}${doubt.slice(file.path.length)}`;
}

function doubtOf(input: CheckInput, moment: Moment, unclear: string | null): Doubt | null {
  const [first] = moment.doubts;
  if (first !== undefined) {
    const why = moment.doubts.slice(0, 3).map((doubt) => namedDoubt(input, doubt));
    return {
      why: why.join('; '),
      wouldHelp: HELP.find(([pattern]) => pattern.test(first))?.[1] ?? BY_ITS_OWN_UNIT,
    };
  }
  if (unclear !== null)
    return {
      why: unclear,
      wouldHelp: 'write that rule in another way, or report it with recorded facts of this node',
    };
  if (moment.maybe.length > 0)
    return { why: moment.maybe.slice(0, 3).join('; '), wouldHelp: BY_ITS_OWN_UNIT };
  const elsewhere = [...managersAtBoot(input), ...(seen(input, 'firewall')?.boot?.elsewhere ?? [])];
  if (elsewhere.length === 0) return null;
  return {
    why: `they may be made by ${elsewhere.slice(0, 3).join(', ')}; what these make at boot is not known beforehand`,
    wouldHelp: BY_ITS_OWN_UNIT,
  };
}

function momentPart(input: CheckInput, asked: Asked, moment: Moment, held: readonly (4 | 6)[]): PacketPart {
  const source = 'systemctl show; files of the units that load rules';
  const node = input.nodeName;
  const what = `${labelOf(input, asked.agent.instance)}${moment.when}`;
  const rules: Rules = { ruleset: { tables: moment.tables, missing: [] }, host: asked.rules.host };
  const isSame = areSameTables(moment.tables, asked.rules.ruleset.tables);
  const answers = held.map(
    (version) =>
      [version, isSame ? asked.answers[version] : askOutboundOnce(rules, version, asked.sender)] as const,
  );
  const lost = answers.filter(([, { kind }]) => kind !== 'closed');
  if (lost.length === 0 && moment.doubts.length === 0)
    return { what, seen: 'the rules are there again', status: 'pass', source };
  const unclear = lost.find(([, { kind }]) => kind === 'unknown')?.[1];
  const doubt = doubtOf(input, moment, unclear?.kind === 'unknown' ? unclear.reason : null);
  if (doubt !== null)
    return {
      ...notSeen(input, `rules ${what}`, doubt.why, source, doubt.wouldHelp),
      headline: `We cannot tell whether the rules that hold the agent on ${node} are there ${moment.when}.`,
      packet: { outcome: 'unknown', packet: moment.when, because: doubt.why, way: [] },
    };
  const families =
    lost.length === held.length ? '' : ` (IPv${lost.map(([version]) => version).join(', IPv')})`;
  return {
    what,
    seen: `${moment.because}${families}`,
    status: 'fix',
    severity: 'medium',
    source,
    headline: `The rules that hold the agent on ${node} are gone ${moment.when}.`,
    steps: fenceSteps(input),
    packet: {
      outcome: 'not-kept',
      packet: moment.when,
      because: `${moment.because}${families}`,
      way: [],
    },
  };
}

/** Whether what is stopped now is stopped after a reboot and after reloads as well. */
export function lastingParts(input: CheckInput, asked: Asked): PacketPart[] {
  const held = VERSIONS.filter((version) => asked.answers[version].kind === 'closed');
  if (held.length === 0) return [];
  const moments = momentsOfNode(input);
  if (moments !== null) return moments.map((moment) => momentPart(input, asked, moment, held));
  const [gap] = gapParts(input, 'firewall', (what) => /^rules that are loaded at boot/.test(what));
  const { why, wouldHelp } = bootUnseen(input, gap);
  const what = `${labelOf(input, asked.agent.instance)}rules after a reboot`;
  return [
    {
      ...notSeen(input, what, why, sourceOf(input, 'firewall'), wouldHelp),
      headline: `We cannot tell whether the rules that hold the agent on ${input.nodeName} are there after a reboot.`,
      packet: { outcome: 'unknown', packet: 'after a reboot', because: why, way: [] },
    },
  ];
}

/** Why nobody knows what loads rules at boot. */
function bootUnseen(input: CheckInput, gap: PacketPart | undefined): Doubt {
  const init = seen(input, 'identity')?.init;
  if (init !== undefined && init !== 'systemd')
    return {
      why: `this machine has no systemd (its first process is ${init}), and its start scripts are not read`,
      wouldHelp:
        'look by hand whether its start scripts load the rules, and accept the risk with that reason',
    };
  if (gap !== undefined) return { why: gap.seen, wouldHelp: gap.wouldHelp ?? 'look at this node again' };
  return {
    why: 'which units load rules at boot (systemctl show of nftables.service and others) is not among what was looked at',
    wouldHelp:
      input.facts.node.reachedBy === 'recorded'
        ? 'record the facts of this node again, with this version'
        : 'look at this node again',
  };
}
