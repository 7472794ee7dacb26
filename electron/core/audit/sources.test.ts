import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceTarget } from '#shared/domain/audit/source.ts';
import { facts as factsForm } from '#shared/domain/facts/facts.ts';
import { blankInstance } from '#shared/domain/profile.ts';
import { findSources } from './sources.ts';

const recorded = (name: string) =>
  factsForm.parse(
    JSON.parse(readFileSync(new URL(`../../../e2e/fixtures/facts/${name}.json`, import.meta.url), 'utf8')),
  );
const said = (sources: ReturnType<typeof findSources>) =>
  sources.map(
    ({ target, hint }) =>
      `${target.kind === 'journal' ? `journal ${target.unit}` : target.kind === 'file' ? target.path : ''} ${hint}`,
  );

describe('findSources', () => {
  it('finds what design and security model name, on a stock node', () => {
    const facts = recorded('stock');
    const sources = findSources(facts.profile, facts);
    const home = facts.profile.instances[0]?.configurationFolder;
    expect(said(sources)).toEqual(
      expect.arrayContaining([
        'journal mycoswarm.service journal-json',
        '/var/log/mycoswarm/shell.log mycoswarm',
        '/var/log/mycoswarm/network.log mycoswarm',
        '/var/log/mycoswarm/tool.log mycoswarm',
        `${home}/access.log json-lines`,
        'journal kernel journal-json',
        'journal auth journal-json',
      ]),
    );
  });

  it.for([
    'stock',
    'hardened',
    'containers',
    'no-mycoswarm',
    'not-root',
    'agent-is-operator',
    'ufw',
    'firewalld',
  ])('gives only targets that can be followed, each once: %s', (name) => {
    const facts = recorded(name);
    const sources = findSources(facts.profile, facts);
    expect(sources.length).toBeGreaterThan(0);
    for (const { target } of sources) sourceTarget.parse(target);
    expect(new Set(said(sources)).size).toBe(sources.length);
  });

  it("takes auditd's log from where auditd writes it", () => {
    const facts = recorded('hardened');
    if (facts.subjects.audit.state !== 'seen') throw new Error('the recording has no audit facts');
    facts.subjects.audit.value.auditd = {
      installed: true,
      running: true,
      enabled: 1,
      lost: 0,
      backlogLimit: 8_192,
      rules: null,
      rulesAtBoot: null,
      logFile: { path: '/data/audit/audit.log', uid: 0, mode: 0o600 },
    };
    expect(said(findSources(facts.profile, facts))).toContain('/data/audit/audit.log auditd');
    facts.subjects.audit.value.auditd = null;
    expect(said(findSources(facts.profile, facts)).join()).not.toContain('auditd');
  });

  it('goes to the files of syslog where there is no journal', () => {
    const facts = recorded('stock');
    if (facts.subjects.audit.state !== 'seen') throw new Error('the recording has no audit facts');
    facts.subjects.audit.value.journal = null;
    expect(said(findSources(facts.profile, facts))).toEqual(
      expect.arrayContaining(['/var/log/kern.log syslog', '/var/log/auth.log syslog']),
    );
  });

  it('tells several installations apart, and makes no path of what is none', () => {
    const instance = (id: string, logFolder: string) => ({
      ...blankInstance(id, 'by-hand' as const),
      logFolder,
      unit: `${id}.service`,
    });
    const profile = {
      instances: [instance('one', '/srv/one'), instance('two', 'relative\n/../x')],
      corrected: [],
    };
    const sources = findSources(profile, null);
    expect(sources.map(({ name }) => name)).toContain('What mycoSwarm of two says');
    expect(said(sources)).toContain('/srv/one/tool.log mycoswarm');
    expect(said(sources).join()).not.toContain('relative');
  });

  it('names them by what a person knows of an installation', () => {
    const instance = (id: string, user: string | null, apiPort: number) => ({
      ...blankInstance(id, 'by-hand' as const),
      ...{ user, home: user && `/home/${user}`, apiPort },
    });
    const names = (...instances: ReturnType<typeof instance>[]) =>
      findSources({ instances, corrected: [] }, null).flatMap(({ name, hint }) =>
        hint === 'json-lines' ? [name] : [],
      );
    expect(names(instance('1000-7890', 'miu', 7_890))).toEqual(['Files that the agent asked for']);
    expect(names(instance('1000-7890', 'miu', 7_890), instance('1001-7891', 'boa', 7_891))).toEqual([
      'Files that the agent of miu asked for',
      'Files that the agent of boa asked for',
    ]);
    const one = { ...instance('1000-7890', 'miu', 7_890), configurationFolder: '/home/miu/one' };
    const two = { ...instance('1000-7891', 'miu', 7_891), configurationFolder: '/home/miu/two' };
    expect(names(one, two)).toEqual([
      'Files that the agent of miu on port 7890 asked for',
      'Files that the agent of miu on port 7891 asked for',
    ]);
  });

  it('says no number of an account, no path and no unit where one installation is all there is', () => {
    for (const name of ['stock', 'hardened', 'not-root', 'agent-is-operator']) {
      const facts = recorded(name);
      for (const source of findSources(facts.profile, facts))
        expect(source.name).toMatch(/^[A-Z][A-Za-z ,]+$/);
    }
  });
});
