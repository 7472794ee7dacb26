import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profile as profileSchema } from '#shared/domain/profile.ts';
import { detectProfile } from './detect.ts';
import { account, cloneHints, hints, process, socket, subjectsOf, unit } from './testing.ts';

const HOME = '/home/minotaur';
const ENVIRONMENT = `${HOME}/mycoSwarm/.venv`;
const DAEMON = [`${ENVIRONMENT}/bin/python3`, `${ENVIRONMENT}/bin/mycoswarm`, 'daemon'];
const minotaur = account('minotaur', 1000);

describe('detectProfile', () => {
  it('finds nothing where there is nothing', () => {
    const profile = detectProfile({
      seen: subjectsOf({ accounts: [minotaur] }),
      hints: hints({}),
      corrections: [],
    });
    expect(profile).toEqual({ instances: [], corrected: [] });
  });

  it('says so when the search itself failed or met closed homes', () => {
    expect(detectProfile({ seen: {}, hints: null, corrections: [] }).unseen).toHaveLength(1);
    const closed = [{ path: '/home/other', reason: 'it is closed to the account that looked' }];
    expect(detectProfile({ seen: {}, hints: hints({ closed }), corrections: [] }).unseen).toEqual(closed);
  });

  it('recognises the stock unit with its personal account, and the dashboard beside it', () => {
    const service = unit('mycoswarm.service', `${ENVIRONMENT}/bin/mycoswarm daemon`, {
      user: 'minotaur',
      mainPid: 812,
      properties: { WorkingDirectory: `${HOME}/mycoSwarm` },
    });
    const profile = detectProfile({
      seen: subjectsOf({
        accounts: [minotaur],
        units: [service],
        processes: [
          process(812, 1000, DAEMON, {
            unit: 'mycoswarm.service',
            cgroup: '/system.slice/mycoswarm.service',
          }),
          process(830, 1000, ['/bin/true'], { parent: 812 }),
          process(900, 1000, [DAEMON[0] ?? '', DAEMON[1] ?? '', 'dashboard']),
          process(950, 1000, ['vim', 'notes.txt']),
        ],
        sockets: [socket(7890, 1000, [812]), socket(8080, 1000, [900])],
      }),
      hints: cloneHints(HOME, 1000),
      corrections: [],
    });
    expect(profile.instances).toEqual([
      {
        id: 'mycoswarm.service',
        detectedBy: 'systemd',
        user: 'minotaur',
        uid: 1000,
        home: HOME,
        configurationFolder: `${HOME}/.config/mycoswarm`,
        workspace: null,
        source: `${HOME}/mycoSwarm`,
        virtualEnvironment: ENVIRONMENT,
        sitePackages: `${ENVIRONMENT}/lib/python3.11/site-packages`,
        unit: 'mycoswarm.service',
        version: '0.2.16',
        apiPort: 7890,
        dashboardPort: 8080,
        logFolder: null,
        pids: [812, 830, 900],
        running: true,
      },
    ]);
  });

  it('recognises a daemon started by hand in a virtual environment, also with a relative path and no root', () => {
    const seen = subjectsOf({
      accounts: [minotaur],
      processes: [
        process(50, 1000, ['.venv/bin/python3', '.venv/bin/mycoswarm', 'daemon'], {
          workingDirectory: `${HOME}/mycoSwarm`,
        }),
      ],
    });
    const [instance] = detectProfile({ seen, hints: cloneHints(HOME, 1000), corrections: [] }).instances;
    expect(instance).toMatchObject({
      id: '1000-7890',
      detectedBy: 'by-hand',
      virtualEnvironment: ENVIRONMENT,
      unit: null,
      running: true,
    });
    const blind = subjectsOf({ accounts: [minotaur], processes: [process(50, 1000, DAEMON)] });
    expect(detectProfile({ seen: blind, hints: hints({}), corrections: [] }).instances).toMatchObject([
      { virtualEnvironment: ENVIRONMENT, sitePackages: null, version: null, running: true },
    ]);
  });

  it('recognises pip in the home of the user', () => {
    const sitePackages = `${HOME}/.local/lib/python3.11/site-packages`;
    const [instance] = detectProfile({
      seen: subjectsOf({
        accounts: [minotaur],
        processes: [process(50, 1000, ['/usr/bin/python3', `${HOME}/.local/bin/mycoswarm`, 'daemon'])],
      }),
      hints: hints({
        consoleScripts: [{ path: `${HOME}/.local/bin/mycoswarm`, uid: 1000, modifiedAt: null }],
        distributions: [
          {
            metadataPath: `${sitePackages}/mycoswarm-0.2.16.dist-info`,
            sitePackages,
            version: '0.2.16',
            uid: 1000,
            editableSource: null,
          },
        ],
      }),
      corrections: [],
    }).instances;
    expect(instance).toMatchObject({
      detectedBy: 'pip-user',
      virtualEnvironment: null,
      sitePackages,
      version: '0.2.16',
    });
  });

  it('keeps two nodes on one machine apart: two accounts, two ports, one account twice', () => {
    const second = account('second', 1001);
    const profile = detectProfile({
      seen: subjectsOf({
        accounts: [minotaur, second],
        processes: [
          process(50, 1000, DAEMON),
          process(60, 1000, [...DAEMON, '--port', '7891']),
          process(70, 1001, ['/opt/m/bin/python3', '/opt/m/bin/mycoswarm', 'daemon', '--port=7892']),
        ],
      }),
      hints: cloneHints(HOME, 1000),
      corrections: [],
    });
    expect(profile.instances.map((instance) => [instance.id, instance.pids])).toEqual([
      ['1000-7890', [50]],
      ['1000-7891', [60]],
      ['1001-7892', [70]],
    ]);
  });

  it('lets neither a second process nor a script on the disk take the place of what runs', () => {
    const real = process(50, 1000, DAEMON, { startedAt: '2026-11-20T10:00:00.000Z' });
    const fake = process(60, 1000, ['/opt/safe/bin/python3', '/opt/safe/bin/mycoswarm', 'daemon'], {
      startedAt: '2026-11-20T09:00:00.000Z',
    });
    const planted = { path: `${HOME}/x/bin/mycoswarm`, uid: 1000, modifiedAt: null };
    const clone = cloneHints(HOME, 1000);
    const detect = (processes: ReturnType<typeof process>[]) =>
      detectProfile({
        seen: subjectsOf({ accounts: [minotaur], processes, sockets: [socket(7890, 1000, [50])] }),
        hints: { ...clone, consoleScripts: [...clone.consoleScripts, planted] },
        corrections: [],
      }).instances.map(({ id, running, pids, virtualEnvironment }) => [
        id,
        running,
        pids,
        virtualEnvironment,
      ]);
    const expected = [
      ['1000-7890', true, [50], ENVIRONMENT],
      ['1000-7890-2', true, [60], '/opt/safe'],
      ['1000-7890-3', false, [], null],
    ];
    expect(detect([real, fake]).toSorted()).toEqual(expected);
    expect(detect([fake, real]).toSorted()).toEqual(expected);
  });

  it('takes all processes of a unit for one installation, as the main one of them describes it', () => {
    const inside = { unit: 'mycoswarm.service', cgroup: '/system.slice/mycoswarm.service' };
    const profile = detectProfile({
      seen: subjectsOf({
        accounts: [minotaur],
        units: [
          unit('mycoswarm.service', `${ENVIRONMENT}/bin/mycoswarm daemon`, { user: 'minotaur', mainPid: 50 }),
        ],
        processes: [
          process(50, 1000, DAEMON, inside),
          process(60, 1000, ['/opt/safe/bin/python3', '/opt/safe/bin/mycoswarm', 'daemon'], inside),
        ],
      }),
      hints: cloneHints(HOME, 1000),
      corrections: [],
    });
    expect(
      profile.instances.map(({ id, pids, virtualEnvironment }) => [id, pids, virtualEnvironment]),
    ).toEqual([['mycoswarm.service', [50, 60], ENVIRONMENT]]);
  });

  it('knows a stopped unit, a stopped clone, and a unit that is a link to nowhere', () => {
    const stopped = unit('mycoswarm.service', `${ENVIRONMENT}/bin/mycoswarm daemon`, {
      user: 'minotaur',
      active: 'inactive',
    });
    const seen = subjectsOf({ accounts: [minotaur], units: [stopped] });
    expect(detectProfile({ seen, hints: cloneHints(HOME, 1000), corrections: [] }).instances).toMatchObject([
      { id: 'mycoswarm.service', uid: 1000, running: false, virtualEnvironment: ENVIRONMENT, pids: [] },
    ]);
    const clone = detectProfile({
      seen: subjectsOf({ accounts: [minotaur] }),
      hints: cloneHints(HOME, 1000),
      corrections: [],
    });
    expect(clone.instances).toMatchObject([{ id: '1000-7890', detectedBy: 'by-hand', running: false }]);
    const nowhere = unit('mycoswarm.service', '', { load: 'not-found', active: 'unknown' });
    const broken = detectProfile({
      seen: subjectsOf({ units: [nowhere] }),
      hints: hints({}),
      corrections: [],
    });
    expect(broken.instances).toMatchObject([
      { id: 'mycoswarm.service', user: null, uid: null, running: false },
    ]);
  });

  it('takes an original that stays for the way back for no second installation, unless it runs', () => {
    const moved = '/opt/mycoswarm/venv';
    const account = '/etc/systemd/system/mycoswarm.service.d/65-swarmkeep-account.conf';
    const clone = cloneHints(HOME, 1000);
    const script = (root: string) => ({ path: `${root}/bin/mycoswarm`, uid: 0, modifiedAt: null });
    const detect = (dropIns: string[], scripts: string[], processes: ReturnType<typeof process>[] = []) =>
      detectProfile({
        seen: subjectsOf({
          accounts: [minotaur],
          units: [
            unit('mycoswarm.service', `${moved}/bin/python3 -I ${moved}/bin/mycoswarm daemon`, {
              dropIns,
              user: 'mycoswarm',
            }),
          ],
          processes,
        }),
        hints: { ...clone, consoleScripts: [...clone.consoleScripts, ...scripts.map(script)] },
        corrections: [],
      }).instances.map(({ unit: name, running }) => [name, running]);
    const only = [['mycoswarm.service', false]];
    expect(detect([account], [moved])).toEqual(only);
    expect(detect([account], [moved, `${moved}.before-swarmkeep`])).toEqual(only);
    // By nothing of ours is it known that this one is an original.
    expect(detect([], [moved])).toEqual([...only, [null, false]]);
    expect(detect([account], [moved, '/opt/mycoswarm/other'])).toEqual([...only, [null, false]]);
    expect(detect([account], [moved], [process(50, 1000, DAEMON)])).toEqual([...only, [null, true]]);
  });

  it('does not take firewall units, other programs or wrappers for mycoSwarm', () => {
    const seen = subjectsOf({
      accounts: [minotaur],
      units: [
        unit('nftables.service', '/usr/sbin/nft -f /etc/nftables.conf'),
        unit('swarmkeep.service', '/bin/true'),
      ],
      processes: [
        process(1, 0, ['sudo', '-u', 'm', 'mycoswarm', 'daemon']),
        process(2, 0, ['tail', '-f', 'mycoswarm']),
      ],
    });
    expect(detectProfile({ seen, hints: hints({}), corrections: [] }).instances).toEqual([]);
  });

  it('lets corrections win, with what follows from them, and keeps those of a vanished installation', () => {
    const profile = detectProfile({
      seen: subjectsOf({
        accounts: [minotaur, account('mycoswarm', 990, '/var/lib/mycoswarm')],
        processes: [process(50, 1000, DAEMON)],
      }),
      hints: cloneHints(HOME, 1000),
      corrections: [
        { instance: '1000-7890', workspace: '/srv/work', user: 'mycoswarm' },
        { instance: 'gone', source: '/opt/gone' },
      ],
    });
    expect(profile.corrected).toEqual(['1000-7890', 'gone']);
    expect(profile.instances[0]).toMatchObject({
      workspace: '/srv/work',
      uid: 990,
      home: '/var/lib/mycoswarm',
      configurationFolder: '/var/lib/mycoswarm/.config/mycoswarm',
      virtualEnvironment: ENVIRONMENT,
    });
    expect(profile.instances[1]).toMatchObject({ id: 'gone', detectedBy: 'declared', source: '/opt/gone' });
  });

  const flood = (uid: number, count: number, firstPid: number) =>
    Array.from({ length: count }, (_, index) =>
      process(firstPid + index, uid, [...DAEMON, '--port', String(20_000 + index)]),
    );

  it('is not flooded: accounts take turns, and what does not fit is counted', () => {
    const real = process(900, 2_000, ['/opt/m/bin/python3', '/opt/m/bin/mycoswarm', 'daemon']);
    const profile = detectProfile({
      seen: subjectsOf({
        accounts: [minotaur, account('swarm', 2_000)],
        processes: [...flood(1_000, 17, 100), real],
      }),
      hints: hints({}),
      corrections: [],
    });
    expect(profile.instances).toHaveLength(16);
    expect(profile.instances.map((instance) => instance.id)).toContain('2000-7890');
    expect(profile.omitted).toBe(2);
    expect(profile.unseen).toEqual([{ path: '/proc', reason: expect.stringContaining('2 more') }]);
  });

  it('keeps what root started and what the operator named, however many units an account makes', () => {
    const own = Array.from({ length: 40 }, (_, index) =>
      unit(`a${index}.service`, `${ENVIRONMENT}/bin/mycoswarm daemon`, {
        userUnit: true,
        path: `${HOME}/.config/systemd/user/a${index}.service`,
      }),
    );
    const system = unit('zz.service', '/opt/m/bin/mycoswarm daemon', { user: 'swarm', active: 'inactive' });
    const profile = detectProfile({
      seen: subjectsOf({
        accounts: [minotaur, account('swarm', 2_000)],
        units: [...own, system],
        processes: flood(1_000, 20, 100),
      }),
      hints: hints({}),
      corrections: [{ instance: '1000-20019', workspace: '/srv/work' }, { instance: 'gone' }],
    });
    const ids = profile.instances.map((instance) => instance.id);
    expect(ids).toHaveLength(16);
    expect(ids).toEqual(expect.arrayContaining(['zz.service', '1000-20019', 'gone']));
    expect(profile.omitted).toBe(40 + 1 + 20 - 15);
  });

  it('gives every account its turn and loses count of nothing, whoever runs how much', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1_000, max: 1_100 }), { minLength: 1, maxLength: 16 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 16, maxLength: 16 }),
        (uids, counts) => {
          const processes = uids.flatMap((uid, index) => flood(uid, counts[index] ?? 1, 1_000 * (index + 1)));
          const profile = detectProfile({
            seen: subjectsOf({ processes }),
            hints: hints({}),
            corrections: [],
          });
          expect(new Set(profile.instances.map((instance) => instance.uid))).toEqual(new Set(uids));
          expect(profile.instances.length + (profile.omitted ?? 0)).toBe(processes.length);
          expect(profileSchema.safeParse(profile).success).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives a valid profile for whatever a node claims to run', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('mycoswarm', 'daemon', '--port', '-m', '/a/bin/python3'),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 50 }),
            fc.array(word, { maxLength: 6 }),
            fc.string({ maxLength: 30 }),
          ),
          {
            maxLength: 20,
          },
        ),
        (claims) => {
          const processes = claims.map(([pid, argv, cgroup]) =>
            process(pid, pid % 3, argv, { cgroup, parent: (pid * 7) % 50, workingDirectory: cgroup }),
          );
          const units = claims.map(([, argv, name]) =>
            unit(`${name}.service`, argv.join(' '), { user: name }),
          );
          const result = detectProfile({
            seen: subjectsOf({ processes, units, accounts: [minotaur] }),
            hints: cloneHints(HOME, 1000),
            corrections: [],
          });
          expect(profileSchema.safeParse(result).success).toBe(true);
          const ids = result.instances.map((instance) => instance.id);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
    );
  });
});
