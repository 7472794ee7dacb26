import { UNKNOWN_HOST } from '#core/firewall/host.ts';
import { hostOf } from '#core/firewall/host-of.ts';
import { listingsOf, type MergeResult, mergeListings } from '#core/firewall/merge.ts';
import type { Ruleset, Table } from '#core/firewall/model.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { type Moment, momentsOf } from '#core/firewall/questions/lasting.ts';
import type { FirewallFacts } from '#shared/domain/facts/network.ts';
import type { RawListing } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';

/** Gaps about what is loaded at boot say nothing against the rules of now. */
const OF_BOOT = /^rules (at boot|that are loaded at boot)/;

interface Read {
  readonly merged: MergeResult;
  readonly moments: readonly Moment[] | null;
}

/** Reading is the most expensive part of all checks together, and several of them ask: once for each look. */
const read = new WeakMap<object, Read>();

function readOnce(input: CheckInput, firewall: FirewallFacts): Read {
  const known = read.get(firewall);
  if (known !== undefined) return known;
  const observation = input.facts.subjects.firewall;
  const gaps = observation.state === 'seen' ? observation.gaps : [];
  const merged = mergeListings(
    listingsOf(
      firewall,
      gaps.filter(({ what }) => !OF_BOOT.test(what)),
    ),
  );
  const made: Read = { merged, moments: firewall.boot ? momentsOf(firewall.boot) : null };
  read.set(firewall, made);
  return made;
}

const hosts = new WeakMap<object, Rules['host']>();

function hostContext(input: CheckInput): Rules['host'] {
  const observation = input.facts.subjects.interfaces;
  if (observation.state !== 'seen') return UNKNOWN_HOST;
  const known = hosts.get(observation);
  if (known !== undefined) return known;
  const host = hostOf(observation.value, observation.gaps);
  hosts.set(observation, host);
  return host;
}

/** The rules of a node, or the part that says why nothing can be said about them. */
export type SeenRules = { ok: true; rules: Rules } | { ok: false; part: Part };

/**
 * The packet rules of a node, when all of them were seen and could be read. A listing that was refused, or cut, or not
 * understood leaves no rules at all: half a rule set is none.
 */
export function rulesOf(input: CheckInput): SeenRules {
  const unseen = unseenPart(input, 'firewall');
  const firewall = seen(input, 'firewall');
  if (unseen !== null || firewall === null)
    return {
      ok: false,
      part: unseen ?? notSeen(input, 'the firewall rules', 'not seen', '', AS_ADMINISTRATOR),
    };
  const source = sourceOf(input, 'firewall');
  const { merged } = readOnce(input, firewall);
  if (!merged.ok) {
    const why = `they could not be understood: ${merged.error.message}`;
    return {
      ok: false,
      part: notSeen(
        input,
        'the firewall rules',
        why,
        source,
        'report this, with recorded facts of this node',
      ),
    };
  }
  const { ruleset } = merged;
  const [missing] = ruleset.missing;
  if (missing !== undefined) {
    const observation = input.facts.subjects.firewall;
    const gaps = observation.state === 'seen' ? observation.gaps : [];
    const gap = gaps.find(({ what }) => ruleset.missing.includes(what));
    const part = notSeen(
      input,
      ruleset.missing.join(', '),
      gap === undefined ? 'not among what was listed' : `could not look: ${gap.reason}`,
      source,
      gap?.wouldHelp ?? 'look at this node again',
    );
    return {
      ok: false,
      part: {
        ...part,
        headline: `We could not read all firewall rules on ${input.nodeName}: ${ruleset.missing.join(', ')}.`,
      },
    };
  }
  return { ok: true, rules: { ruleset, host: hostContext(input) } };
}

/** What rules are there after a reboot and after reloads; null where that was not seen. */
export function momentsOfNode(input: CheckInput): readonly Moment[] | null {
  const firewall = seen(input, 'firewall');
  return firewall === null ? null : readOnce(input, firewall).moments;
}

function tableLines(table: Table): string[] {
  return [
    `table ${table.family} ${table.name} {`,
    ...[...table.chains.values()].flatMap((chain) => [
      `  chain ${chain.name} {`,
      ...(chain.base === null
        ? []
        : [
            `    type ${chain.base.type} hook ${chain.base.hook} priority ${chain.base.priority}; policy ${chain.base.policy};`,
          ]),
      ...chain.rules.map((rule) => `    ${rule.text}`),
      '  }',
    ]),
    '}',
  ];
}

/** Characters of a listing that are kept, as the shape of findings allows. */
const MAX_LISTING = 32_768;

function listing(title: string, lines: readonly string[]): RawListing {
  const shown: string[] = [];
  let length = 0;
  for (const line of lines) {
    const text = visible(line.slice(0, MAX_LISTING));
    length += text.length + 1;
    if (length > MAX_LISTING) break;
    shown.push(text);
  }
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`;
  return { title: `${title}, ${count}`, text: shown.join('\n'), linesOmitted: lines.length - shown.length };
}

/** The rule sets that a verdict rests on, as their programs print them: nft's in its own language. */
export function listingsOfNode(input: CheckInput, ruleset: Ruleset): RawListing[] {
  const firewall = seen(input, 'firewall');
  if (firewall === null) return [];
  const native = ruleset.tables.filter((table) => table.source.program === 'nft');
  const saves = firewall.saves.slice(0, 6).map((save) => {
    const program = `${save.family === 6 ? 'ip6tables' : 'iptables'}${save.backend === 'legacy' ? '-legacy' : ''}-save`;
    return listing(
      program,
      save.text.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
    );
  });
  return [
    ...(firewall.nftJson === null ? [] : [listing('nft list ruleset', native.flatMap(tableLines))]),
    ...saves,
  ];
}

/** Whether nothing is stopped, marked or translated at all: then addresses alone decide. */
export function hasNoRule({ ruleset }: Rules): boolean {
  return ruleset.tables.every((table) =>
    [...table.chains.values()].every(
      (chain) => chain.rules.length === 0 && (chain.base === null || chain.base.policy === 'accept'),
    ),
  );
}
