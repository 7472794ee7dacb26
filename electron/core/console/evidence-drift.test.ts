import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, inputFor, listening, networkInterface } from '#core/checks/testing/facts-builder.ts';
import { hardenedNode } from '#core/checks/testing/hardened-node.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { innerChange } from '#shared/domain/evidence-drift.ts';
import { type Facts, facts as factsShape } from '#shared/domain/facts/facts.ts';
import { acceptedEvidence } from './evidence.ts';

const recorded = (name: string): Facts =>
  factsShape.parse(
    JSON.parse(readFileSync(new URL(`../../../e2e/fixtures/facts/${name}.json`, import.meta.url), 'utf8')),
  );

/** Every process id of a node moved on, as after a restart of everything: in processes, sockets, units and the profile. */
function restarted(facts: Facts): Facts {
  const move = (pid: number) => (pid > 1 ? pid + 7_000 : pid);
  const copy = structuredClone(facts);
  const moved = JSON.parse(JSON.stringify(copy), (key, value) => {
    if ((key === 'pid' || key === 'parent' || key === 'mainPid') && typeof value === 'number')
      return move(value);
    if (key === 'pids' && Array.isArray(value)) return value.map(move);
    return value;
  });
  return factsShape.parse(moved);
}

/** A few hours later, with what counts and measures by itself moved on. */
function later(facts: Facts): Facts {
  const at = new Date(Date.parse(facts.collectedAt) + 5 * 3_600_000).toISOString();
  let next: Facts = { ...restarted(facts), collectedAt: at };
  next = changed(next, 'time', (value) => {
    if (value.offsetMs !== null) value.offsetMs += 3;
  });
  next = changed(next, 'identity', (value) => {
    if (value.skewMs !== null) value.skewMs += 17;
  });
  return changed(next, 'audit', (value) => {
    if (value.auditd?.lost != null && value.auditd.lost > 0) value.auditd.lost += 40;
  });
}

const cases: [string, Facts][] = [
  ['the stock node', stockNode()],
  ['the hardened node', hardenedNode()],
  ...['stock', 'hardened', 'ufw', 'firewalld'].map((name): [string, Facts] => [
    `recorded: ${name}`,
    recorded(name),
  ]),
];

describe('two looks at a node on which nothing was changed', () => {
  it.each(cases)('see the same after a restart and some hours: %s', (_, facts) => {
    const before = runChecks(inputFor(facts));
    const after = runChecks(inputFor(later(facts)));
    expect(JSON.stringify(before)).toMatch(/pid \d/);
    expect(
      after.map((finding) => [
        finding.check,
        innerChange(before[after.indexOf(finding)] ?? finding, finding),
      ]),
    ).toEqual(after.map((finding) => [finding.check, null]));
    expect(after.map(acceptedEvidence)).toEqual(before.map(acceptedEvidence));
  });
});

describe('a look at a node that was bad and became worse', () => {
  const inside = (check: CheckId, was: Facts, is: Facts) => {
    const [before] = runChecks(inputFor(was), { only: [check] });
    const [after] = runChecks(inputFor(is), { only: [check] });
    if (before === undefined || after === undefined) throw new Error('there is a finding');
    expect([before.status, after.status]).toEqual(['fix', 'fix']);
    return innerChange(before, after);
  };

  it('names a further listening socket', () => {
    const open = changed(stockNode(), 'interfaces', (value) => {
      value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24']));
    });
    const worse = changed(open, 'sockets', (value) => {
      value.listening.push(listening('203.0.113.5', 9_999, 1_000, { pids: [812], processName: 'mycoswarm' }));
    });
    expect(inside('service-bindings', open, worse)?.words).toMatch(
      /^Now also .*203\.0\.113\.5:9999 mycoswarm/,
    );
  });

  it('names a further key that opens the account', () => {
    const keys = (authorizedKeys: number) =>
      changed(stockNode(), 'accounts', (value) => {
        value.accounts = value.accounts.map((entry) =>
          entry.uid === 1_000 ? { ...entry, authorizedKeys } : entry,
        );
      });
    expect(inside('dedicated-user', keys(1), keys(2))?.words).toMatch(/^Now also .*authorized keys.*: 2/);
  });

  it('names a further place on the way that the agent can write', () => {
    const open = (...paths: string[]) =>
      changed(hardenedNode(), 'files', (value) => {
        value.files = value.files.map((entry) =>
          paths.includes(entry.path) ? { ...entry, mode: 0o777 } : entry,
        );
      });
    const unit = '/etc/systemd/system/mycoswarm.service';
    expect(inside('source-read-only', open(unit), open(unit, '/opt/mycoswarm'))?.words).toMatch(
      /^Now also \/opt\/mycoswarm/,
    );
  });
});
