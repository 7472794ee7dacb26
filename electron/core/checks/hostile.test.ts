import { cpuUsage } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { finding } from '#shared/domain/finding.ts';
import { evidenceHash } from './evidence-hash.ts';
import { runChecks } from './run.ts';
import { changed, file, inputFor, listening, networkInterface, process } from './testing/facts-builder.ts';
import { bootWith, NO_RULES, nftRules } from './testing/firewall-facts.ts';
import { hardenedNode } from './testing/hardened-node.ts';
import { stockNode } from './testing/stock-node.ts';

const EVIL = `a'; rm -rf / #\u001b[2J\u202e\n\u0000$(id)\`id\``;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Replaces every string of the facts that is no instant and no fixed word by hostile text around it. */
function poisoned(facts: Facts): Facts {
  let node = changed(facts, 'accounts', (value) => {
    for (const account of value.accounts) {
      account.personalTraces.push(`/home/${EVIL}`);
      account.sudoRules?.push(EVIL);
      account.groups.push(`docker${EVIL}`);
    }
  });
  node = changed(node, 'files', (value) => {
    for (const tree of value.trees) {
      tree.linksOut.push(
        file(`/x/${EVIL}`, 1_001, 0o777, { kind: 'link', target: EVIL, resolved: `/srv/${EVIL}` }),
      );
      tree.linksOutCount += 1;
      tree.setuid.push(file(`/x/${EVIL}`, 0, 0o4755, { kind: 'file' }));
    }
  });
  node = changed(node, 'sockets', (value) => {
    value.listening.push(
      listening('::', 7_890, 1_001, { pids: [812], processName: EVIL, user: EVIL, raw: EVIL }),
    );
  });
  node = changed(node, 'interfaces', (value) => {
    value.interfaces.push(networkInterface(`tun${EVIL}`, 'vpn', ['2001:db8::1/64']));
  });
  node = changed(node, 'firewall', (value) => {
    const accepting = [{ counter: { packets: 1, bytes: 1 } }, { accept: null }];
    const listing = JSON.parse(nftRules([accepting], { table: `t${EVIL}`, family: 'ip6' }));
    for (const entry of listing.nftables) if (entry.rule) entry.rule.comment = EVIL;
    value.nftJson = JSON.stringify(listing);
    value.boot = bootWith(
      [{ unit: `u${EVIL}.service`, files: [`/etc/${EVIL}`] }],
      [{ path: `/etc/${EVIL}`, loaded: null, problem: EVIL }],
    );
    value.boot.elsewhere.push(`/etc/${EVIL}`);
  });
  node = changed(node, 'interfaces', (value) => {
    value.resolvers.push(EVIL, `192.168.1.1%${EVIL}`);
    value.routes = [{ family: 6, destination: 'default', gateway: null, interface: `tun${EVIL}` }];
  });
  node = changed(node, 'mycoswarm', (value) => {
    value.peersSeen.push({ name: EVIL, address: '192.168.1.66', source: EVIL });
    value.plugins.push({
      instance: 'mycoswarm.service',
      name: EVIL,
      path: `/p/${EVIL}`,
      uid: 0,
      mode: 0o755,
      modifiedAt: null,
      digest: 'e'.repeat(64),
      files: 1,
    });
    value.settings.push({ instance: 'mycoswarm.service', file: EVIL, key: EVIL, value: EVIL });
  });
  node = changed(node, 'credentials', (value) => {
    value.found.push({ name: EVIL, provider: EVIL, kind: 'file', place: `/x/${EVIL}`, pid: null });
  });
  node = changed(node, 'python', (value) => {
    value.requirementFiles.push({
      instance: 'mycoswarm.service',
      path: `/x/${EVIL}`,
      kind: 'requirements',
      text: EVIL,
      cut: false,
    });
    value.requirementFiles.push({
      instance: 'mycoswarm.service',
      path: '/x/uv.lock',
      kind: 'uv-lock',
      text: '__proto__ = 1\n[[',
      cut: false,
    });
    value.requirementFiles.push({
      instance: 'mycoswarm.service',
      path: '/x/Pipfile.lock',
      kind: 'pipfile-lock',
      text: '{"default":{"__proto__":{"version":"==1"}}}',
      cut: false,
    });
  });
  return { ...node, node: { ...node.node, name: `miu${EVIL}` } };
}

/** Rules that hold, and hostile names only in what loads them. */
function poisonedBoot(unread: boolean): Facts {
  return changed(hardenedNode(), 'firewall', (value) => {
    const path = `/etc/${EVIL}`;
    value.boot = bootWith(
      [{ unit: `u${EVIL}`, files: [path] }],
      [{ path, text: 'flush ruleset', loaded: unread ? null : NO_RULES, problem: unread ? EVIL : null }],
    );
  });
}

describe('a hostile node', () => {
  it.each([
    ['stock', poisoned(stockNode())],
    ['hardened', poisoned(hardenedNode())],
    ['units', poisonedBoot(false)],
    ['files', poisonedBoot(true)],
  ])('cannot hide anything in the text of a finding (%s)', (_name, facts) => {
    for (const entry of runChecks(inputFor(facts))) {
      expect(finding.parse(entry)).toEqual(entry);
      expect(entry.summary).not.toContain('fault of Swarmkeep');
      for (const part of entry.evidence) {
        for (const text of [part.what, part.seen, part.source]) expect(text).not.toMatch(UNSEEN);
        expect(part.raw ?? '').not.toMatch(/[^\P{C}\n\t]/u);
      }
      for (const text of [entry.summary, entry.detail, entry.wouldChange, ...entry.declared])
        expect(text).not.toMatch(UNSEEN);
      for (const { packet, because, way } of entry.packets ?? [])
        for (const text of [packet, because, ...way.map((stop) => stop.label)])
          expect(text).not.toMatch(UNSEEN);
      for (const listing of entry.listings ?? []) {
        expect(listing.title).not.toMatch(UNSEEN);
        expect(listing.text).not.toMatch(/[^\P{C}\n\t]/u);
      }
      for (const step of entry.fix) {
        expect(step.text).not.toMatch(UNSEEN);
        expect(step.command ?? '').not.toMatch(UNSEEN);
        expect(step.command ?? '').not.toContain('rm -rf');
      }
    }
  });

  it('leaves out a command that would have to hold such a name, and says why', () => {
    const found = runChecks(inputFor(poisoned(hardenedNode())), { only: ['workspace-bounded'] })[0];
    expect(found?.fix.some((step) => step.command === null && step.text.includes('control characters'))).toBe(
      true,
    );
  });

  it('quotes what can be quoted as one word', () => {
    const node = changed(hardenedNode(), 'files', (value) => {
      for (const tree of value.trees.filter((entry) => entry.purpose === 'workspace')) {
        tree.linksOut.push(
          file("/home/mycoswarm/workspace/it's $(id)", 1_001, 0o777, { kind: 'link', resolved: '/srv' }),
        );
        tree.linksOutCount = 1;
      }
    });
    const found = runChecks(inputFor(node), { only: ['workspace-bounded'] })[0];
    expect(found?.fix.map((step) => step.command)).toContain(
      "sudo rm -- '/home/mycoswarm/workspace/it'\\''s $(id)'",
    );
  });

  it('shows the worst two hundred of very many, and counts the rest', () => {
    const node = changed(hardenedNode(), 'interfaces', (value) => {
      for (let index = 0; index < 900; index += 1)
        value.interfaces.push(
          networkInterface(`tun${index}`, index % 3 === 0 ? 'vpn' : 'loopback', [`10.1.${index % 250}.1/24`]),
        );
    });
    const found = runChecks(inputFor(node), { only: ['unused-interfaces'] })[0];
    expect(found?.evidence).toHaveLength(200);
    expect(found?.evidence.every((entry) => entry.status === 'review')).toBe(true);
    expect(found?.evidenceOmitted).toBe(101);
    expect(finding.safeParse(found).success).toBe(true);
  });

  it('judges twenty thousand processes and sockets without losing its way', () => {
    let node = changed(stockNode(), 'processes', (value) => {
      for (let pid = 1_000; pid < 21_000; pid += 1) value.processes.push(process(pid, 1_000, `p${pid % 40}`));
    });
    node = changed(node, 'sockets', (value) => {
      for (let index = 0; index < 4_000; index += 1)
        value.listening.push(listening('0.0.0.0', index, 1_000, { pids: [812] }));
    });
    for (const entry of runChecks(inputFor(node))) expect(finding.safeParse(entry).success).toBe(true);
  }, 30_000);

  it('is not kept busy by a node that names thousands of relays, addresses and units that erase rules', () => {
    let node = changed(hardenedNode(), 'sockets', (value) => {
      for (let index = 0; index < 6_000; index += 1)
        value.listening.push(
          listening('0.0.0.0', 53, 2_000 + index, { processName: `r${index}`, protocol: 'udp' }),
          listening('0.0.0.0', 10_000 + index, 1_001, { pids: [812] }),
        );
    });
    node = changed(node, 'interfaces', (value) => {
      for (let index = 0; index < 100; index += 1)
        value.interfaces.push(networkInterface(`e${index}`, 'ethernet', [`203.0.113.${index}/24`]));
    });
    node = changed(node, 'firewall', (value) => {
      const many = Array.from({ length: 30 }, (_, index) => `u${index}`);
      value.boot = bootWith(
        many.map((unit) => ({ unit, files: [`/etc/${unit}`] })),
        many.map((unit) => ({ path: `/etc/${unit}`, text: 'flush ruleset' })),
      );
    });
    const start = cpuUsage();
    const found = runChecks(inputFor(node), {
      only: ['outbound-firewall', 'service-bindings', 'peer-allowlist'],
    });
    expect(cpuUsage(start).user).toBeLessThan(25_000_000);
    expect(found.map((entry) => [entry.check, entry.status])).toEqual([
      ['outbound-firewall', expect.stringMatching(/fix|review|unknown/)],
      ['peer-allowlist', 'pass'],
      ['service-bindings', 'fix'],
    ]);
    for (const entry of found) expect(finding.safeParse(entry).success).toBe(true);
  }, 60_000);

  it('never throws, whatever text a node puts into names, rules and files', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({
          unit: fc.constantFrom('-', 'a', ' ', '=', '\\', '\n', '[', ']', '@', ';', '"', '{', ':'),
          maxLength: 80,
        }),
        (name, text) => {
          let node = changed(hardenedNode(), 'python', (value) => {
            for (const kind of [
              'requirements',
              'pyproject',
              'uv-lock',
              'pipfile-lock',
              'installer',
            ] as const) {
              value.requirementFiles.push({
                instance: 'mycoswarm.service',
                path: `/x/${name}`,
                kind,
                text,
                cut: false,
              });
            }
          });
          node = changed(node, 'audit', (value) => {
            if (value.auditd !== null) value.auditd.rules = [text, name];
          });
          node = changed(node, 'firewall', (value) => {
            value.nftJson = name.length % 2 === 0 ? text : value.nftJson;
            value.saves = [{ family: 4, backend: 'nf_tables', text: `*filter\n${text}\nCOMMIT\n` }];
            value.boot = bootWith(
              [{ unit: name, files: [text] }],
              [{ path: text, loaded: text, text: name }],
            );
          });
          node = changed(node, 'files', (value) => {
            for (const entry of value.files) entry.acl = [text.slice(0, 200), name.slice(0, 200)];
          });
          for (const entry of runChecks(inputFor(node))) {
            expect(entry.summary).not.toContain('fault of Swarmkeep');
            expect(finding.safeParse(entry).success).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 30_000);
});

describe('evidenceHash', () => {
  const found = () => {
    const [entry] = runChecks(inputFor(stockNode()), { only: ['dedicated-user'] });
    if (entry === undefined) throw new Error('there is a finding');
    return entry;
  };

  it('stays while only time, words and raw output change', () => {
    const entry = found();
    const later = {
      ...entry,
      observedAt: '2027-01-01T00:00:00.000Z',
      summary: 'other words',
      evidence: entry.evidence.map((part) => ({ ...part, raw: 'x', source: 'y' })),
    };
    expect(evidenceHash(later)).toBe(evidenceHash(entry));
    expect(evidenceHash(entry)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with the status, with what was seen, and with what was left out', () => {
    const entry = found();
    const [first, ...rest] = entry.evidence;
    if (first === undefined) throw new Error('there is evidence');
    const others = [
      { ...entry, status: 'review' as const },
      { ...entry, evidence: [{ ...first, seen: 'other' }, ...rest] },
      { ...entry, evidence: [{ ...first, what: `${first.what}x` }, ...rest] },
      { ...entry, evidence: rest },
      { ...entry, evidenceOmitted: 1 },
    ];
    expect(new Set([entry, ...others].map(evidenceHash)).size).toBe(6);
  });
});
