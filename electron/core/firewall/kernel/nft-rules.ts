import { addressesOf, type NftFamily, nftTerm, type Place, versionFor } from './nft-terms.ts';
import type { Random } from './random.ts';
import type { ChainText, RuleParts, TableText } from './rule-sets.ts';
import { MARKS, PORTS, UIDS } from './setting.ts';

function markStatement(random: Random, { family }: Place): string {
  const mark = () => random.pick(MARKS);
  const choices = [
    () => `meta mark set ${mark()}`,
    () => `meta mark set meta mark or ${mark()}`,
    () => `meta mark set meta mark and ${mark()}`,
    () => `meta mark set meta mark xor ${mark()}`,
    () =>
      `meta mark set udp dport map { ${random
        .some(PORTS, 1, 3)
        .map((port) => `${port} : ${mark()}`)
        .join(', ')} }`,
  ];
  if (family !== 'netdev')
    choices.push(
      () => `ct mark set ${mark()}`,
      () => 'ct mark set meta mark',
      () => 'meta mark set ct mark',
      () => `ct mark set ct mark or ${mark()}`,
    );
  return random.pick(choices)();
}

function rejectStatement(random: Random, { family, hook }: Place): string | null {
  if (family === 'netdev' || hook === 'postrouting' || hook === null) return null;
  const choices = ['reject', 'reject with tcp reset'];
  if (family === 'ip') choices.push('reject with icmp host-prohibited');
  if (family === 'ip6') choices.push('reject with icmpv6 admin-prohibited');
  if (family === 'inet') choices.push('reject with icmpx admin-prohibited', 'reject with icmpx no-route');
  return random.pick(choices);
}

function verdict(random: Random, place: Place, targets: readonly string[]): string {
  const jumps = targets.length > 0 ? 1 : 0;
  const kind = random.weighted({
    accept: 3,
    drop: 3,
    reject: 1.5,
    return: 0.8,
    continue: 0.3,
    jump: jumps * 3,
    goto: jumps * 1.5,
  });
  if (kind === 'jump' || kind === 'goto') return `${kind} ${random.pick(targets)}`;
  if (kind === 'reject') return rejectStatement(random, place) ?? 'drop';
  return kind;
}

function verdictMap(random: Random, place: Place, targets: readonly string[]): string {
  const version = versionFor(random, place);
  const word = version === 4 ? 'ip' : 'ip6';
  const answer = () => {
    const word = random.chance(0.1) ? 'continue' : verdict(random, place, targets);
    return word.startsWith('reject') ? 'drop' : word;
  };
  const map = (keys: readonly (string | number)[]) =>
    `vmap { ${keys.map((key) => `${key} : ${answer()}`).join(', ')} }`;
  const choices = [
    () => `udp dport ${map(random.some(PORTS, 1, 4))}`,
    () => `tcp dport ${map([...random.some(PORTS.slice(0, 4), 1, 2), '4000-5000', '20000-20050'])}`,
    () => `${word} daddr ${map(random.some(addressesOf(version), 1, 4))}`,
    () => `meta skuid ${map(random.some(UIDS, 1, 4))}`,
    () => `meta l4proto ${map(random.some(['tcp', 'udp', 'icmp', 'ipv6-icmp', 'esp'], 1, 3))}`,
    () =>
      `${word} daddr . udp dport ${map(random.some(addressesOf(version), 1, 3).map((address) => `${address} . ${random.pick(PORTS)}`))}`,
    () => `meta mark ${map(random.some(MARKS, 1, 3))}`,
  ];
  if (place.family !== 'netdev')
    choices.push(() => `ct state ${map(random.some(['new', 'invalid', 'established', 'untracked'], 1, 3))}`);
  return random.pick(choices)();
}

function filterRule(
  random: Random,
  place: Place,
  targets: readonly string[],
  sets: readonly string[],
): RuleParts {
  const parts: string[] = [];
  const terms = random.weighted({ 0: 1, 1: 5, 2: 4, 3: 1 });
  for (let count = 0; count < Number(terms); count += 1)
    parts.push(sets.length > 0 && random.chance(0.15) ? random.pick(sets) : nftTerm(random, place));
  if (random.chance(0.15)) parts.push('counter');
  if (random.chance(0.15)) parts.push(markStatement(random, place));
  const end = random.weighted({ verdict: 8, map: 1.6, mark: 1.5, none: 0.3 });
  // A verdict without any condition leaves nothing for the rules behind it.
  if (end === 'verdict' && (parts.length > 0 || random.chance(0.1)))
    parts.push(verdict(random, place, targets));
  else if (end === 'map') {
    parts.push(verdictMap(random, place, targets));
    // Where the map says `continue` the rule goes on.
    if (random.chance(0.3)) parts.push(verdict(random, place, targets));
  } else if (end === 'none') parts.push('counter');
  else parts.push(markStatement(random, place));
  return parts;
}

function dnatTarget(random: Random, version: 4 | 6): string {
  const address = random.pick(
    version === 4
      ? ['10.1.0.7', '172.16.3.3', '9.9.9.9', '10.2.0.1', '10.2.0.9']
      : ['fd01::7', 'fd10::3', '2001:db8:9::9', 'fd02::1', 'fd02::9'],
  );
  if (random.chance(0.5)) return address;
  const port = random.pick(PORTS);
  return version === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}

function natRule(random: Random, place: Place): RuleParts {
  const version = versionFor(random, place);
  const word = place.family === 'inet' ? (version === 4 ? ' ip' : ' ip6') : '';
  const parts = Array.from({ length: random.below(3) }, () => nftTerm(random, place));
  if (place.family === 'inet') parts.unshift(`meta nfproto ipv${version}`);
  const ports = `meta l4proto ${random.pick(['tcp', 'udp'])}`;
  if (place.hook === 'output' || place.hook === 'prerouting') {
    const kind = random.weighted({ dnat: 4, redirect: 2, verdict: 1 });
    if (kind === 'verdict') return [...parts, random.pick(['accept', 'return', 'drop'])];
    if (kind === 'redirect')
      return random.chance(0.5)
        ? [...parts, 'redirect']
        : [...parts, `${ports} redirect to :${random.pick(PORTS)}`];
    const target = dnatTarget(random, version);
    return [
      ...parts,
      `${/:\d+$/.test(target) && (version === 4 || target.startsWith('[')) ? `${ports} ` : ''}dnat${word} to ${target}`,
    ];
  }
  if (place.hook === 'postrouting' && random.chance(0.4)) return [...parts, 'masquerade'];
  return [...parts, `snat${word} to ${version === 4 ? '198.51.100.2' : '2001:db8:1::2'}`];
}

const PRIORITIES = [-400, -300, -250, -150, -50, -10, 0, 0, 0, 10, 50, 150, 250];

interface BasePlan {
  readonly hook: string;
  readonly type: 'filter' | 'nat' | 'route';
  readonly text: string;
}

function basePlan(random: Random, family: NftFamily): BasePlan {
  const policy = random.chance(0.15) ? 'drop' : 'accept';
  if (family === 'netdev') {
    const hook = random.pick(['egress', 'egress', 'ingress']);
    const devices = random.some(['eth0', 'eth1', 'wan0', 'lo'], 1, 3);
    const at =
      hook === 'egress'
        ? `device "${devices[0]}"`
        : `devices = { ${devices.map((one) => `"${one}"`).join(', ')} }`;
    return {
      hook,
      type: 'filter',
      text: `{ type filter hook ${hook} ${at} priority ${random.pick([-5, 0, 7])}; policy ${policy}; }`,
    };
  }
  const type = random.weighted({ filter: 7, nat: 2, route: 0.8 });
  const hook =
    type === 'route'
      ? 'output'
      : type === 'nat'
        ? random.weighted({ output: 4, prerouting: 4, postrouting: 2, input: 0.5 })
        : random.weighted({ output: 6, input: 3, prerouting: 2, forward: 2, postrouting: 2 });
  const nat = hook === 'output' || hook === 'prerouting' ? [-100, -90, -110, -100] : [100, 90, 110];
  const priority = type === 'nat' ? random.pick(nat) : random.pick(PRIORITIES);
  const kept = type === 'nat' ? 'accept' : policy;
  return { hook, type, text: `{ type ${type} hook ${hook} priority ${priority}; policy ${kept}; }` };
}

function namedSets(random: Random, family: NftFamily, name: string): { sets: string[]; terms: string[] } {
  const sets: string[] = [];
  const terms: string[] = [];
  const place = { family, hook: null };
  const version = versionFor(random, place);
  const word = version === 4 ? 'ip' : 'ip6';
  const kind = version === 4 ? 'ipv4_addr' : 'ipv6_addr';
  if (random.chance(0.5)) {
    const networks =
      version === 4
        ? ['10.1.0.0/24', '8.0.0.0/7', '172.16.0.0-172.16.3.3']
        : ['fd01::/64', '2000::/3', 'fd10::-fd10::3'];
    sets.push(
      `set ${name} nets { type ${kind}; flags interval; elements = { ${random.some(networks, 1, 2).join(', ')} } }`,
    );
    terms.push(`${word} daddr @nets`, `${word} saddr != @nets`);
  }
  if (random.chance(0.4)) {
    sets.push(
      `set ${name} pairs { type ${kind} . inet_proto . inet_service; flags interval; elements = { ${random
        .some(addressesOf(version), 1, 4)
        .map(
          (address) =>
            `${address} . ${random.pick(['tcp', 'udp'])} . ${random.pick(['53', '80-443', '4000-7890', '1-65535'])}`,
        )
        .join(', ')} } }`,
    );
    terms.push(`${word} daddr . meta l4proto . th dport @pairs`);
  }
  if (random.chance(0.3)) {
    sets.push(`set ${name} uids { type uid; flags interval; elements = { 1000-1001, 100000-165535 } }`);
    terms.push('meta skuid @uids', 'meta skuid != @uids');
  }
  if (random.chance(0.3)) {
    sets.push(
      `map ${name} verdicts { type inet_service : verdict; elements = { 53 : accept, 80 : drop, 443 : return } }`,
    );
    terms.push('udp dport vmap @verdicts');
  }
  return { sets, terms };
}

/** A random table of nft with all that stands in it. */
export function randomNftTable(random: Random, index: number): TableText {
  // nft 1.0.6 never lists the interfaces of a chain of netdev, and then what it does is not known: as rare here as on machines.
  const family = random.weighted({ ip: 2, ip6: 2, inet: 4, netdev: 0.25 });
  const name = `${family} t${index}`;
  const { sets, terms } = namedSets(random, family, name);
  const plans = Array.from({ length: 1 + random.below(3) }, () => basePlan(random, family));
  const isNat = (plan: BasePlan) => plan.type === 'nat';
  // Jumps go to a later chain only, so that no circle comes about.
  const targets = Array.from({ length: random.below(4) }, (_, place) => `c${place}`);
  const chains: ChainText[] = plans.map((plan, place) => ({
    name: `b${place}`,
    base: plan.text,
    rules: Array.from({ length: 1 + random.below(5) }, () => {
      const at = { family, hook: plan.hook };
      if (isNat(plan)) return natRule(random, at);
      if (random.chance(0.06) && family !== 'netdev' && /priority -(3|4)00/.test(plan.text))
        return [
          nftTerm(random, at),
          random.pick(['notrack', 'notrack', 'ct zone set 7', 'ct zone set 7 notrack']),
        ];
      return filterRule(random, at, targets, terms);
    }),
  }));
  const mayReject = plans.every(
    ({ hook, type }) => type !== 'nat' && ['input', 'forward', 'output'].includes(hook),
  );
  for (const [place, target] of targets.entries())
    chains.push({
      name: target,
      base: null,
      rules: Array.from({ length: random.below(4) }, () =>
        filterRule(random, { family, hook: mayReject ? 'output' : null }, targets.slice(place + 1), terms),
      ),
    });
  return { name, sets, chains };
}
