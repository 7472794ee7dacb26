import { expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import type { SubjectValue } from '#core/facts/collector.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts, SubjectName } from '#shared/domain/facts/facts.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import {
  type account,
  changed,
  type declare,
  type file,
  inputFor,
  listening,
  networkInterface,
  unit,
} from './facts-builder.ts';
import { hardenedNode } from './hardened-node.ts';

export const AGENT = 1_001;
export const hardened = hardenedNode();

/** The hardened node with one thing changed. */
export function but<S extends SubjectName>(subject: S, change: (value: SubjectValue<S>) => void): Facts {
  return changed(hardened, subject, change);
}

export function agentAccount(more: Partial<ReturnType<typeof account>>): Facts {
  return but('accounts', (value) => {
    value.accounts = value.accounts.map((entry) => (entry.uid === AGENT ? { ...entry, ...more } : entry));
  });
}

export function socket(address: string, port = 7_890): Facts {
  return but('sockets', (value) => {
    value.listening = [listening(address, port, AGENT, { pids: [812], processName: 'mycoswarm' })];
  });
}

export function withVpn(facts: Facts): Facts {
  return changed(facts, 'interfaces', (value) => {
    value.interfaces.push(networkInterface('tailscale0', 'vpn', ['100.92.14.7/32']));
  });
}

export const token = (change: Partial<SubjectValue<'mycoswarm'>['tokens'][number]>) =>
  but('mycoswarm', (value) => {
    value.tokens = value.tokens.map((entry) => ({ ...entry, ...change }));
  });

export const unitWith = (properties: Record<string, string>, user = 'mycoswarm') =>
  but('units', (value) => {
    value.units = value.units.map((entry) =>
      entry.name === 'mycoswarm.service'
        ? unit(entry.name, user, { ...entry.properties, ...properties })
        : entry,
    );
  });

export const fileAt = (path: string, more: Partial<ReturnType<typeof file>>) =>
  but('files', (value) => {
    value.files = value.files.map((entry) => (entry.path === path ? { ...entry, ...more } : entry));
  });

export const workspace = (more: Partial<SubjectValue<'files'>['trees'][number]>) =>
  but('files', (value) => {
    value.trees = value.trees.map((entry) => (entry.purpose === 'workspace' ? { ...entry, ...more } : entry));
  });

export const rules = (lines: string[]) =>
  but('audit', (value) => {
    if (value.auditd !== null) value.auditd = { ...value.auditd, rules: lines, rulesAtBoot: lines };
  });

/** Check, what is so on the node, the node, the verdict, what the summary says, what the operator declared. */
export type Situation = readonly [
  CheckId,
  string,
  Facts,
  FindingStatus,
  RegExp?,
  ReturnType<typeof declare>[]?,
];

/** One test for each situation. */
export function tryEach(situations: readonly Situation[]): void {
  for (const [check, situation, facts, status, summary, declarations] of situations) {
    it(`${check}: ${situation}`, () => {
      const [found] = runChecks(inputFor(facts, { declarations: declarations ?? [] }), { only: [check] });
      expect([found?.status, found?.summary]).toEqual([status, found?.summary]);
      if (summary !== undefined) expect(found?.summary).toMatch(summary);
      if (declarations !== undefined && status === 'pass') expect(found?.declared).toHaveLength(1);
      if (status === 'fix') expect(found?.fix.length).toBeGreaterThan(0);
    });
  }
}
