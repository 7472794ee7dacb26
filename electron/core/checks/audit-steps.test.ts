import { describe, expect, it } from 'vitest';
import type { SubjectValue } from '#core/facts/collector.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { rulesFor } from './audit-rule-parts.ts';
import { runChecks } from './run.ts';
import { changed, inputFor } from './testing/facts-builder.ts';
import { hardenedNode } from './testing/hardened-node.ts';

type Auditd = NonNullable<SubjectValue<'audit'>['auditd']>;

/** The hardened node, with another recorder. */
const withAuditd = (more: Partial<Auditd>, facts: Facts = hardenedNode()) =>
  changed(facts, 'audit', (value) => {
    if (value.auditd !== null) value.auditd = { ...value.auditd, ...more };
  });
const bare = (facts?: Facts) =>
  withAuditd({ installed: false, running: false, enabled: null, rules: null, rulesAtBoot: null }, facts);
const findingOf = (facts: Facts) => {
  const [found] = runChecks(inputFor(facts), { only: ['audit-logging'] });
  if (found === undefined) throw new Error('no finding');
  return found;
};
const commandsOf = (facts: Facts) => findingOf(facts).fix.map((step) => step.command);
/** What the step that writes the rules writes: the words between `'%s\n'` and the pipe, without their quotes. */
const written = (facts: Facts) => {
  const command = commandsOf(facts).find((text) => text?.includes('/etc/audit/rules.d/00-swarmkeep.rules'));
  return [...(command ?? '').matchAll(/'(-a [^']*)'/g)].map((match) => match[1] ?? '');
};
const on = (architecture: string) =>
  changed(hardenedNode(), 'identity', (value) => {
    value.architecture = architecture;
  });

describe('steps of Logging', () => {
  it('says that auditd is not installed, and installs, writes, starts and looks again', () => {
    const facts = bare(
      changed(hardenedNode(), 'audit', (value) => {
        value.probe = { tried: false, recorded: null, detail: 'auditing is not switched on', raw: null };
      }),
    );
    const found = findingOf(facts);
    expect(found.status).toBe('fix');
    expect(found.evidence.map((entry) => entry.seen)).toContain('auditd is not installed');
    expect(found.evidence.map((entry) => entry.seen).join()).not.toMatch(/could not be looked at|no answer/);
    const commands = found.fix.map((step) => step.command ?? step.text);
    expect(commands[0]).toBe('sudo apt-get install -- auditd');
    expect(commands[1]).toContain('sudo tee -- /etc/audit/rules.d/00-swarmkeep.rules');
    expect(commands[2]).toBe('sudo augenrules --load');
    expect(commands[3]).toBe('sudo systemctl enable --now auditd.service');
    expect(commands.at(-1)).toMatch(/^Look at this node again/);
  });

  it.each(['x86_64', 'aarch64', 'armv7l', 'i686'])('leads to a pass on %s', (architecture) => {
    const lines = written(bare(on(architecture)));
    expect(lines.length).toBeGreaterThan(0);
    const after = withAuditd({ rules: lines, rulesAtBoot: lines }, on(architecture));
    expect(findingOf(after)).toMatchObject({ status: 'pass', fix: [] });
  });

  it('names no call that the machine does not know', () => {
    const [wide, narrow] = written(bare(on('aarch64')));
    expect(wide).not.toMatch(/[ ,]open[, ]/);
    expect(narrow).toMatch(/[ ,]open[, ]/);
  });

  it('stands before an exception that was there already', () => {
    const never = '-a never,exit -F arch=b64 -S connect';
    const facts = withAuditd({ rules: [never], rulesAtBoot: [never] });
    expect(findingOf(facts).status).toBe('fix');
    // augenrules takes the files in the order of their names.
    const after = [...written(facts), never];
    expect(after).toHaveLength(3);
    expect(findingOf(withAuditd({ rules: after, rulesAtBoot: after })).status).toBe('pass');
  });

  it('writes one file for all agents of a node', () => {
    const facts = bare();
    const [first] = facts.profile.instances;
    if (first === undefined) throw new Error('no instance');
    facts.profile.instances.push({ ...first, id: 'second', uid: 1_002, pids: [], running: false });
    expect(rulesFor(inputFor(facts))).toHaveLength(4);
    expect(written(facts).filter((line) => line.includes('-F uid=1002 '))).toHaveLength(2);
    expect(written(facts).filter((line) => line.includes('-F uid=1001 '))).toHaveLength(2);
  });

  it('gives no apt-get and no systemctl where these are not', () => {
    let facts = changed(bare(), 'updates', (value) => {
      value.manager = 'dnf';
    });
    facts = changed(facts, 'identity', (value) => {
      value.init = 'openrc-init';
    });
    const { fix } = findingOf(facts);
    expect(fix.map((step) => step.command ?? '').join('\n')).not.toMatch(/apt-get|systemctl/);
    expect(fix[0]?.text).toMatch(/called auditd on Debian and Ubuntu, and audit on Fedora/);
    expect(fix.map((step) => step.text).join()).toMatch(/This node has no systemd/);
  });

  it('asks for a restart of the machine where rules are locked', () => {
    const { fix } = findingOf(withAuditd({ enabled: 2, rules: [], rulesAtBoot: [] }));
    expect(fix.map((step) => step.text).join()).toMatch(/restart the machine/);
    expect(fix.map((step) => step.command ?? '').join()).not.toMatch(/augenrules/);
  });
});
