import { describe, expect, it } from 'vitest';
import type { SubjectValue } from '#core/facts/collector.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { runChecks } from './run.ts';
import { account, changed, declare, file, inputFor, process } from './testing/facts-builder.ts';
import {
  AGENT,
  agentAccount,
  but,
  hardened,
  type Situation,
  tryEach,
  unitWith,
} from './testing/situations.ts';

type Program = SubjectValue<'accounts'>['setuidPrograms'][number];

const GROUPS = [
  { name: 'adm', gid: 4, members: [] },
  { name: 'disk', gid: 6, members: [] },
  { name: 'games', gid: 60, members: [] },
  { name: 'shadow', gid: 42, members: [] },
];

const program = (path: string, mode: number, more: Partial<Program> = {}): Facts =>
  but('accounts', (value) => {
    value.groups?.push(...GROUPS);
    value.setuidPrograms.push({ path, uid: 0, gid: 0, mode, capabilities: null, ...more });
  });

const gap = (what: string): Facts => {
  const facts = structuredClone(hardened);
  const observation = facts.subjects.accounts;
  if (observation.state !== 'seen') throw new Error('the hardened node was seen');
  observation.gaps.push({ what, reason: 'it was not read', wouldHelp: null });
  return facts;
};

const running = (groups: number[]): Facts =>
  but('processes', (value) => {
    for (const entry of value.processes) entry.groups = groups;
  });

const companion = (more: Partial<ReturnType<typeof process>>, name = 'sshd'): Facts =>
  but('processes', (value) => void value.processes.push(process(990, AGENT, name, { unit: null, ...more })));

const secondName = (more: Partial<ReturnType<typeof account>>): Facts =>
  but('accounts', (value) => {
    value.groups?.push(...GROUPS);
    value.accounts.push(
      account('helper', AGENT, {
        groups: ['mycoswarm'],
        homeDirectory: { mode: 0o700, uid: AGENT, gid: AGENT, acl: false },
        ...more,
      }),
    );
  });

/** A home of somebody else that everybody may read, and a unit with these settings. */
const openHome = (
  home: string,
  properties: Record<string, string>,
  resolved: string | null | undefined = home,
): Facts =>
  changed(unitWith({ ProtectHome: 'yes', ...properties }), 'accounts', (value) => {
    value.accounts.push(
      account('eve', 1_002, {
        home,
        homeDirectory: { mode: 0o755, uid: 1_002, gid: 1_002, acl: false, resolved },
      }),
    );
  });

const homeLinked = (facts: Facts): Facts =>
  changed(facts, 'files', (value) => {
    value.files = value.files.map((entry) =>
      entry.path === '/home'
        ? { ...entry, kind: 'link', target: '/data/home', resolved: '/data/home' }
        : entry,
    );
    value.files.push(file('/data', 0, 0o755), file('/data/home', 0, 0o755));
    for (const path of ['', '/mycoswarm', '/mycoswarm/.config'])
      value.files.push(file(`/data/home${path}`, 0, 0o755));
  });

const withoutReal = (facts: Facts): Facts =>
  changed(facts, 'accounts', (value) => {
    for (const entry of value.accounts) if (entry.homeDirectory) delete entry.homeDirectory.resolved;
  });

/** Somebody else whose home is not among the facts. */
const withoutHome = (facts: Facts): Facts =>
  changed(facts, 'accounts', (value) => {
    value.accounts.push(account('eve', 1_002, { homeDirectory: null }));
  });

const meant = [declare('account', 'mycoswarm')];

/** What a declaration of the account must leave as it is. */
const notMeant: [string, Partial<ReturnType<typeof account>>][] = [
  ['an empty password', { password: 'empty' }],
  ['a password', { password: 'set' }],
  ['the group shadow', { groups: ['mycoswarm', 'shadow'] }],
  ['a sudo rule', { sudoRules: ['mycoswarm ALL=(ALL) NOPASSWD: ALL'] }],
  ['an open home', { homeDirectory: { mode: 0o755, uid: AGENT, gid: AGENT, acl: false } }],
];

const of = (rows: readonly (readonly [string, Facts, Situation[3], RegExp?, Situation[5]?])[]): Situation[] =>
  rows.map(([situation, facts, status, summary, declarations]) => [
    'dedicated-user',
    situation,
    facts,
    status,
    summary,
    declarations,
  ]);

describe('what the agent can become', () => {
  tryEach(
    of([
      ['rules of sudo elsewhere that were not read', gap('rules of sudo in /etc/sudoers.local'), 'unknown'],
      ['file capabilities that were not read', gap('file capabilities'), 'unknown'],
      ['accounts that were cut', gap('some of the accounts'), 'unknown'],
      ['setuid programs that were cut', gap('setuid programs in /usr/lib'), 'unknown'],
      ['the home of nobody that was not seen', gap('home /srv/nobody'), 'pass'],
      ['a home of somebody else that was not seen', withoutHome(gap('home /home/eve')), 'unknown'],
      ['a home of somebody else that is not there', withoutHome(hardened), 'pass'],
      [
        'group disk of the running process',
        changed(running([AGENT, 6]), 'accounts', (value) => {
          value.groups?.push(...GROUPS);
        }),
        'fix',
        /runs with the group disk/,
      ],
      [
        'group games of the running process',
        changed(running([AGENT, 60]), 'accounts', (value) => {
          value.groups?.push(...GROUPS);
        }),
        'pass',
      ],
      ['a group of the running process without a name', running([AGENT, 4_711]), 'unknown'],
      [
        'a copy of a shell with another name',
        program('/usr/bin/bash-root', 0o4755),
        'review',
        /not one of the usual/,
      ],
      [
        'mount, which everybody may write',
        program('/usr/bin/mount', 0o4757),
        'fix',
        /may change \/usr\/bin\/mount/,
      ],
      [
        'mount, which the group of the agent may write',
        program('/usr/bin/mount', 0o4775, { gid: AGENT }),
        'fix',
        /may change/,
      ],
      [
        'mount, which the agent owns',
        program('/usr/bin/mount', 0o2755, { uid: AGENT, gid: 60 }),
        'fix',
        /may change/,
      ],
      ['mount as shipped', program('/usr/bin/mount', 0o4755), 'pass'],
      ['mount in another folder', program('/usr/local/bin/mount', 0o4755), 'review', /not from the system/],
      [
        'a shell with the group disk',
        program('/usr/local/bin/bash', 0o2755, { gid: 6 }),
        'fix',
        /become another account/,
      ],
      ['a shell with a group without a name', program('/usr/local/bin/bash', 0o2755, { gid: 4_711 }), 'fix'],
      [
        'a tool with the group shadow',
        program('/usr/bin/peek', 0o2755, { gid: 42 }),
        'review',
        /not one of the usual/,
      ],
      ['a tool with the group games', program('/usr/bin/chess', 0o2755, { gid: 60 }), 'pass'],
      ['chage as shipped', program('/usr/bin/chage', 0o2755, { gid: 42 }), 'pass'],
      ['a mark of the group that means locks', program('/usr/local/bin/bash', 0o2745, { gid: 6 }), 'pass'],
      ['a tool that only root may start', program('/usr/bin/bash-root', 0o4750), 'pass'],
      ['a helper of a browser', program('/opt/google/chrome/chrome-sandbox', 0o4755), 'pass'],
      ['a program called like it', program('/srv/chrome-sandbox', 0o4755), 'review'],
      ['a program with every capability', program('/usr/bin/tool', 0o755, { capabilities: '=ep' }), 'fix'],
      [
        'newuidmap as shipped',
        program('/usr/bin/newuidmap', 0o755, { capabilities: 'cap_setuid=ep' }),
        'pass',
      ],
      [
        'a program called newuidmap',
        program('/srv/newuidmap', 0o755, { capabilities: 'cap_setuid=ep' }),
        'fix',
      ],
      ['a second name', secondName({}), 'pass'],
      [
        'a second name in the group adm',
        secondName({ groups: ['mycoswarm', 'adm'] }),
        'fix',
        /helper .* group adm/,
      ],
      [
        'a second name with a sudo rule',
        secondName({ sudoRules: ['helper ALL=(ALL) ALL'] }),
        'fix',
        /sudo rule/,
      ],
      [
        'a second name with an empty password',
        secondName({ password: 'empty' }),
        'fix',
        /helper .* empty password/,
      ],
      ['a second name with a key', secondName({ authorizedKeys: 1 }), 'fix', /account of a person, helper/],
      [
        'a second name with a key, when the first is meant',
        secondName({ authorizedKeys: 1 }),
        'fix',
        /helper/,
      ],
      ...notMeant.map(
        ([what, more]) =>
          [`${what} of an account that is meant`, agentAccount(more), 'fix', undefined, meant] as const,
      ),
      ['sshd of the system', companion({ executable: '/usr/sbin/sshd' }), 'pass'],
      [
        'the manager of the account',
        companion({ executable: '/usr/lib/systemd/systemd' }, '(sd-pam)'),
        'pass',
      ],
      [
        'a program that calls itself sshd',
        companion({ executable: '/tmp/sshd' }),
        'review',
        /other programs/,
      ],
      [
        'sshd of another view of files',
        companion({ executable: '/usr/sbin/sshd', namespaces: { mnt: 'mnt:[1]' } }),
        'review',
      ],
      ['sshd whose file is not known', companion({ executable: null }), 'unknown'],
    ]),
  );
});

describe('homes of others behind ProtectHome=', () => {
  tryEach(
    of([
      ['in /home', openHome('/home/eve', {}), 'pass'],
      ['below /root', openHome('/root/eve', {}), 'pass'],
      ['in another folder', openHome('/srv/eve', {}), 'fix', /home of eve/],
      ['in /home, and a link to another folder', openHome('/home/eve', {}, '/srv/eve'), 'fix', /home of eve/],
      ['elsewhere, and a link to /home', openHome('/srv/eve', {}, '/home/eve'), 'pass'],
      ['in /home, which is a link itself', homeLinked(openHome('/home/eve', {}, '/data/home/eve')), 'pass'],
      [
        'beside what /home leads to',
        homeLinked(openHome('/home/eve', {}, '/data/eve')),
        'fix',
        /home of eve/,
      ],
      ['in /home, and where it leads was not seen', openHome('/home/eve', {}, null), 'unknown'],
      ['in /home, as recorded before links were followed', withoutReal(openHome('/home/eve', {})), 'unknown'],
      ['elsewhere, and where it leads was not seen', openHome('/srv/eve', {}, null), 'fix'],
      [
        'a link, and what it leads to given back',
        openHome('/home/eve', { BindPaths: '/home/data:/home/data:rbind' }, '/home/data/eve'),
        'fix',
      ],
      ['in a folder with a name that begins alike', openHome('/homes/eve', {}), 'fix'],
      ['given back whole', openHome('/home/eve', { BindPaths: '/home:/home:rbind' }), 'fix'],
      [
        'given back to read',
        openHome('/home/eve', { BindReadOnlyPaths: '-/home/eve:/home/eve:rbind' }),
        'fix',
      ],
      ['given back elsewhere', openHome('/home/eve', { BindPaths: '/:/srv/all:rbind' }), 'fix'],
      [
        'given back in part',
        openHome('/home/eve', { BindPaths: '/home/eve/shared:/srv/shared:rbind' }),
        'review',
      ],
      [
        'the own home given back',
        openHome('/home/eve', { BindPaths: '/home/mycoswarm:/home/mycoswarm:rbind' }),
        'pass',
      ],
    ]),
  );
});

describe('a home that the agent gets into only by becoming its owner', () => {
  const rule = (mode: number): Facts =>
    changed(agentAccount({ sudoRules: ['mycoswarm ALL=(ALL) NOPASSWD: ALL'] }), 'accounts', (value) => {
      for (const entry of value.accounts)
        if (entry.uid === 0) entry.homeDirectory = { uid: 0, gid: 0, mode, resolved: entry.home, acl: false };
    });
  const ofRoot = (facts: Facts) =>
    runChecks(inputFor(facts), { only: ['dedicated-user'] })[0]?.evidence.find(({ what }) =>
      what.includes('of root, mode'),
    );

  it('is said to be so, and why, and is no finding of its own', () => {
    expect(ofRoot(rule(0o700))).toMatchObject({
      status: 'review',
      seen: expect.stringMatching(/^closed by its mode; mycoswarm gets in only by becoming root \(sudo\)$/),
    });
    expect(runChecks(inputFor(rule(0o700)), { only: ['dedicated-user'] })[0]).toMatchObject({
      status: 'fix',
    });
  });

  it('is one where its mode lets the agent in by itself', () => {
    expect(ofRoot(rule(0o755))).toMatchObject({
      status: 'fix',
      seen: expect.stringContaining('can look into it'),
    });
  });
});

describe('commands to copy', () => {
  const commands = (facts: Facts) =>
    (runChecks(inputFor(facts), { only: ['dedicated-user'] })[0]?.fix ?? []).map((step) => step.command);

  it('never hand a name over as an option', () => {
    const facts = agentAccount({ name: '--root=/srv', password: 'set', groups: ['mycoswarm', 'adm'] });
    for (const command of commands(facts)) expect(command ?? '').not.toMatch(/^(?:(?! -- ).)* --root/);
    expect(commands(facts)).toContain('sudo passwd -l -- --root=/srv');
    expect(commands(facts).filter((command) => command?.includes('gpasswd'))).toEqual([]);
  });

  it('take capabilities away with words that setcap knows', () => {
    const facts = program('/srv/newuidmap', 0o755, { capabilities: 'cap_setuid=ep' });
    expect(commands(facts)).toContain('sudo setcap -r /srv/newuidmap');
  });
});
