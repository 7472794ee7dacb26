import { describe, expect, it } from 'vitest';
import { changed } from '#core/checks/testing/facts-builder.ts';
import { AGENT, but, hardened } from '#core/checks/testing/situations.ts';
import type { DependencyFinding, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { PathState } from '#shared/domain/helper/targets.ts';
import { fixOf, planFor, reasonFor, verbsOf } from './testing/plan-for.ts';

const ROOT = '/opt/mycoswarm/venv';
const SITE = `${ROOT}/lib/python3.11/site-packages`;

/** The hardened node with pip, demo 1.0 and something that asks for it. */
const facts = but('python', (value) => {
  const [environment] = value.environments;
  const [some] = environment?.distributions ?? [];
  if (environment === undefined || some === undefined) throw new Error('there is an environment');
  const plain = { ...some, editable: false, directUrl: null, requires: [], broken: false };
  environment.distributions = [
    { ...plain, name: 'pip', version: '23.0.1' },
    { ...plain, name: 'Demo', version: '1.0' },
    { ...plain, name: 'asks', version: '3.0', requires: ['demo>=1,<2', 'demo<1.1; extra == "old"'] },
  ];
});

const inEnvironment = (change: (value: (typeof environmentOf)[number]) => void, of: Facts = facts) =>
  changed(of, 'python', ({ environments }) => {
    for (const one of environments) change(one as never);
  });
const environmentOf = (() => {
  const { python } = facts.subjects;
  return python.state === 'seen' ? python.value.environments : [];
})();

const finding = (more: Partial<DependencyFinding> = {}): DependencyFinding => ({
  environment: SITE,
  kind: 'vulnerability',
  ecosystem: 'PyPI',
  package: 'Demo',
  version: '1.0',
  ids: ['PYSEC-2026-1', 'CVE-2026-1'],
  severity: 'high',
  score: 8,
  summary: 'It lets strangers in',
  fixed: ['1.1'],
  mayBeBackported: false,
  from: 'index',
  vendoredBy: null,
  requiredBy: [],
  ignored: null,
  reopened: null,
  ...more,
});

const reportOf = (findings: DependencyFinding[], more: Partial<DependencyReport> = {}): DependencyReport => ({
  packages: 3,
  findings,
  upgrades: findings
    .filter(({ fixed }) => fixed.length > 0)
    .map(({ environment, package: name, version, fixed }) => ({
      environment,
      package: name,
      from: version ?? '',
      to: fixed[0] ?? '',
      ends: 1,
      command: [`${ROOT}/bin/python`, '-m', 'pip', 'install', `demo==${fixed[0]}`],
    })),
  data: {
    state: 'fresh',
    advisories: 20_000,
    newest: '2026-11-21T00:00:00.000Z',
    ageDays: 0,
    trouble: null,
    origin: null,
  } as unknown as DependencyReport['data'],
  ...more,
});

const owned = (uid: number, more: Partial<Extract<PathState, { kind: 'directory' }>> = {}) =>
  ({
    path: ROOT,
    kind: 'directory',
    uid,
    gid: uid,
    mode: 0o755,
    extended: false,
    immutable: false,
    ...more,
  }) as const;
const statesWith = (uid: number, conf: string | null = null) =>
  new Map<string, PathState>([
    [ROOT, owned(uid)],
    ...(conf === null
      ? []
      : [
          [
            `${ROOT}/pip.conf`,
            {
              path: `${ROOT}/pip.conf`,
              kind: 'file',
              sha256: 'a'.repeat(64),
              size: conf.length,
              extended: false,
              immutable: false,
              uid,
              gid: uid,
              mode: 0o644,
              text: conf,
            },
          ] as const,
        ]),
  ]);
const one = { input: { packages: reportOf([finding()]) }, states: statesWith(0) };

describe('the upgrade of packages as a fix', () => {
  it('exchanges the package by exactly the smallest repaired version, restarts, and is proven by another look', () => {
    const plan = planFor('dependency-audit', facts, one);
    expect(plan.title).toBe('Upgrade Demo to 1.1');
    expect(verbsOf(plan)).toEqual(['after-undo', 'upgrade-packages', 'set-unit']);
    expect(plan.steps[1]).toMatchObject({
      action: {
        path: ROOT,
        site: 'lib/python3.11/site-packages',
        packages: [{ name: 'demo', from: '1.0', to: '1.1' }],
        expect: { kind: 'directory', uid: 0 },
      },
      needs: ['root', 'package', 'network'],
      undoable: true,
    });
    expect(plan.steps[1]?.preview).toMatchObject({
      arguments: expect.arrayContaining([
        `${ROOT}/bin/python`,
        '--only-binary=:all:',
        '--no-deps',
        'demo==1.1',
      ]),
    });
    expect(plan.steps[2]?.interrupts?.what).toBe('mycoswarm.service');
    expect(plan.proofs).toEqual([
      { kind: 'check', check: 'dependency-audit' },
      {
        kind: 'package',
        check: 'dependency-audit',
        environment: SITE,
        package: 'Demo',
        version: '1.1',
        clean: true,
      },
    ]);
  });

  it('names the index that pip is set to, without what is secret in its address, and as whom pip runs', () => {
    const conf = '[global]\nindex-url = https://me:secret@pypi.home.example/simple?token=x\n';
    const rows = (uid: number) =>
      planFor('dependency-audit', facts, { ...one, states: statesWith(uid, conf) }).settings.find(
        ({ setting }) => setting.startsWith('Where'),
      );
    expect(rows(0)?.from).toBe(`https://pypi.home.example/simple (set in ${ROOT}/pip.conf)`);
    expect(rows(0)?.to).toContain('as a number that no account has');
    expect(rows(AGENT)?.to).toContain('as mycoswarm:');
  });

  it('takes only the file that a lock beside it names, and says so; and writes down which file it was', () => {
    const hash = 'a'.repeat(64);
    const withLock = (text: string, pip = '23.0.1') =>
      changed(facts, 'python', (value) => {
        const [environment] = value.environments;
        const [installer] = environment?.distributions ?? [];
        if (installer !== undefined) installer.version = pip;
        const instance = environment?.instance ?? '';
        value.requirementFiles = [
          { instance, path: '/opt/mycoswarm/src/uv.lock', kind: 'uv-lock', text, cut: false },
          {
            instance: 'stranger',
            path: '/x/uv.lock',
            kind: 'uv-lock',
            text: text.replaceAll(hash, 'b'.repeat(64)),
            cut: false,
          },
        ];
      });
    const lock = `version = 1\n[[package]]\nname = "demo"\nversion = "1.1"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [{ url = "https://x/demo.whl", hash = "sha256:${hash}" }]\n`;
    const plan = planFor('dependency-audit', withLock(lock), one);
    expect(plan.steps[1]?.action).toMatchObject({ packages: [{ name: 'demo', sha256: [hash] }] });
    expect(JSON.stringify(plan.steps[1]?.preview)).toContain('--report');
    expect(plan.settings.find(({ setting }) => setting.startsWith('Demo'))?.to).toContain(
      'only the file that /opt/mycoswarm/src/uv.lock names by its hash',
    );
    const free = planFor('dependency-audit', withLock(lock.replace('1.1', '1.2')), one);
    expect(free.steps[1]?.action).toMatchObject({ packages: [{ name: 'demo', from: '1.0', to: '1.1' }] });
    expect(free.settings[0]?.to).toContain('written down with the change');
    // Too old to tell: then nothing is promised, and nothing is done where a lock asks for it.
    const old = planFor('dependency-audit', withLock('', '22.1.2'), one);
    expect(JSON.stringify(old.steps[1]?.preview)).not.toContain('--report');
    expect(old.settings[0]?.to).toContain('does not tell which file');
    expect(reasonFor('dependency-audit', withLock(lock, '20.3.4'), one)).toContain('upgrade pip first');
  });

  it('says of everything else why it stays, and does not promise that the check is fine then', () => {
    const without = finding({ package: 'hopeless', fixed: [] });
    const plan = planFor('dependency-audit', facts, {
      ...one,
      input: { packages: reportOf([finding(), without]) },
    });
    expect(plan.settings.at(-1)).toMatchObject({
      setting: `hopeless in ${SITE}`,
      to: expect.stringContaining('no repaired version'),
    });
    expect(plan.proofs).not.toContainEqual({ kind: 'check', check: 'dependency-audit' });
  });

  it('makes a preview where nothing is allowed on the node', () => {
    expect(verbsOf(planFor('dependency-audit', facts, { ...one, states: new Map() }))).toContain(
      'upgrade-packages',
    );
  });

  it.each<[string, RegExp, Facts, Partial<DependencyFinding>, ReadonlyMap<string, PathState>]>([
    [
      'a package of the system',
      /system’s updates/,
      inEnvironment((value) => {
        value.kind = 'distribution-packages';
      }),
      {},
      one.states,
    ],
    [
      'the system’s own Python',
      /EXTERNALLY-MANAGED/,
      inEnvironment((value) => {
        value.kind = 'system';
      }),
      {},
      one.states,
    ],
    [
      'personal packages',
      /personal packages/,
      inEnvironment((value) => {
        value.kind = 'user';
      }),
      {},
      one.states,
    ],
    ['an editable one', /working copy/, facts, { from: 'editable' }, one.states],
    ['one from version control', /version control/, facts, { from: 'vcs' }, one.states],
    ['one from an address', /from an index/, facts, { from: 'url' }, one.states],
    [
      'a copy within another',
      /a copy within pip/,
      facts,
      { from: 'vendored', vendoredBy: 'pip' },
      one.states,
    ],
    ['malware', /incident/, facts, { kind: 'malware' }, one.states],
    [
      'no pip',
      /no pip/,
      inEnvironment((value) => {
        value.distributions = value.distributions.filter(({ name }) => name !== 'pip');
      }),
      {},
      one.states,
    ],
    [
      'two of it',
      /more than once/,
      inEnvironment((value) => {
        value.distributions.push(...value.distributions.filter(({ name }) => name === 'Demo'));
      }),
      {},
      one.states,
    ],
    [
      'broken metadata',
      /could not be read whole/,
      inEnvironment((value) => {
        for (const each of value.distributions) each.broken = true;
      }),
      {},
      one.states,
    ],
    [
      'another that does not allow it',
      /asks 3\.0 asks for demo >=1,<2/,
      facts,
      { fixed: ['2.0'] },
      one.states,
    ],
    [
      'an owner who is somebody else',
      /belongs to another account \(uid 4242\)/,
      facts,
      {},
      statesWith(4_242),
    ],
    [
      'an environment that cannot be changed',
      /chattr/,
      facts,
      {},
      new Map([[ROOT, owned(0, { immutable: true })]]),
    ],
    [
      'a link for an environment',
      /a link/,
      facts,
      {},
      new Map([[ROOT, { path: ROOT, kind: 'other', what: 'link' }]]),
    ],
  ])('is left to a person for %s, with the reason', (_name, why, of, more, states) => {
    expect(
      reasonFor('dependency-audit', of, { input: { packages: reportOf([finding(more)]) }, states }),
    ).toMatch(why);
  });

  it('takes 32 packages of an environment at once, and says of the others that they come afterwards', () => {
    const names = Array.from({ length: 40 }, (_, number) => `demo${number}`);
    const long = inEnvironment((value) => {
      const [pip] = value.distributions;
      if (pip === undefined) throw new Error('there is pip');
      value.distributions.push(...names.map((name) => ({ ...pip, name, version: '1.0' })));
    });
    const packages = reportOf(names.map((name) => finding({ package: name })));
    const plan = planFor('dependency-audit', long, { input: { packages }, states: statesWith(0) });
    expect(plan.steps[1]?.action).toMatchObject({ packages: { length: 32 } });
    expect(plan.settings.at(-1)?.to).toContain('plan again afterwards');
    // However many there are, the card says first where they come from, and how many it does not list.
    expect(plan.settings[0]?.setting).toBe(`Where ${ROOT} gets it from`);
    expect(plan.settings.filter(({ setting }) => / in \/opt\/.*venv$/.test(setting))).toHaveLength(9);
    expect(plan.settings.map(({ setting }) => setting)).toContain('And 23 more');
    expect(plan.proofs).not.toContainEqual({ kind: 'check', check: 'dependency-audit' });
  });

  it('asks for the environment and the settings of its pip, and for nothing where nobody compared', () => {
    const fix = fixOf('dependency-audit');
    const input = { facts, packages: one.input.packages } as never;
    expect(fix.targets(input).map(({ path }) => path)).toEqual([
      ROOT,
      '/etc/pip.conf',
      '/home/mycoswarm/.pip/pip.conf',
      '/home/mycoswarm/.config/pip/pip.conf',
      `${ROOT}/pip.conf`,
    ]);
    expect(fix.targets({ facts: hardened } as never)).toEqual([]);
  });
});
