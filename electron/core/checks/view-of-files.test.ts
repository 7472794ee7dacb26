import { describe, expect, it } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { runChecks } from './run.ts';
import { changed, inputFor } from './testing/facts-builder.ts';
import { hardenedNode } from './testing/hardened-node.ts';

const HOME = '/home/mycoswarm';
const LOG = `${HOME}/.config/mycoswarm/access.log`;
/** What a Debian shows under these limits, as far as it matters. */
const HONEST: readonly [string, boolean][] = [
  ['/', false],
  ['/sys', false],
  ['/run', true],
  ['/run/user', false],
  ['/run/user/0', true],
  ['/dev', false],
  ['/dev/shm', true],
  ['/proc', true],
  ['/tmp', true],
  ['/var/tmp', true],
  [LOG, true],
];

function seeing(
  mounts: readonly (readonly [string, boolean])[] | null | undefined,
  properties: Record<string, string> = {},
): Facts {
  const facts = changed(hardenedNode(), 'sandbox', (value) => {
    value.instances = value.instances.map((one) => ({
      ...one,
      views:
        mounts == null
          ? mounts
          : [{ pid: pidOf(hardenedNode()), mounts: mounts.map(([path, writable]) => ({ path, writable })) }],
    }));
  });
  return changed(facts, 'units', (value) => {
    value.units = value.units.map((one) => ({
      ...one,
      properties: {
        ...one.properties,
        ProtectSystem: 'strict',
        ProtectHome: 'read-only',
        ReadWritePaths: `-${LOG} -${HOME}/workspace`,
        ...properties,
      },
    }));
  });
}

function pidOf({ profile }: Facts): number {
  const pid = profile.instances[0]?.pids[0];
  if (pid === undefined) throw new Error('the hardened node runs');
  return pid;
}

function judged(facts: Facts) {
  const [finding] = runChecks(inputFor(facts), { only: ['sandbox-mode'] });
  return { status: finding?.status, words: JSON.stringify(finding) };
}

describe('what a process can write by its mounts', () => {
  it('is fine where only places that the unit names can be written', () => {
    expect(judged(seeing(HONEST)).status).toBe('pass');
    expect(
      judged(seeing([...HONEST, [`${HOME}/workspace`, true], [`${HOME}/workspace/disk`, true]])).status,
    ).toBe('pass');
  });

  it.each([
    ['a link in place of the access log opened the home', [...HONEST.slice(0, -1), [HOME, true]], HOME],
    ['it opened plugins', [...HONEST, [`${HOME}/.config/mycoswarm/plugins`, true]], 'plugins'],
    [
      'it opened the system',
      [
        ['/', true],
        ['/home', false],
        [LOG, true],
      ],
      '/',
    ],
    ['it opened another disk', [...HONEST, ['/srv/data', true]], '/srv/data'],
  ] as const)('is not, where %s', (_, mounts, place) => {
    const { status, words } = judged(seeing(mounts));
    expect(status).toBe('fix');
    expect(words).toContain(
      `can write in ${place === 'plugins' ? `${HOME}/.config/mycoswarm/plugins` : place},`,
    );
    expect(words).toContain('systemd follows links');
  });

  it('knows what the weaker settings of a unit keep, and no more', () => {
    const full = { ProtectSystem: 'full', ProtectHome: 'yes' };
    const honest: [string, boolean][] = [
      ['/', true],
      ['/usr', false],
      ['/boot', false],
      ['/efi', false],
      ['/etc', false],
      ['/home', false],
      ['/root', false],
      ['/run/user', false],
    ];
    expect(judged(seeing(honest, full)).status).toBe('pass');
    // Without a mount of its own a kept folder is what the one above it is.
    expect(
      judged(
        seeing(
          honest.filter(([path]) => path !== '/etc'),
          full,
        ),
      ).status,
    ).toBe('fix');
    expect(
      judged(
        seeing(
          honest.filter(([path]) => path !== '/home'),
          full,
        ),
      ).words,
    ).toContain('/home,');
  });

  it('knows a home that lies behind a link of the system', () => {
    const real = '/data/homes/mycoswarm';
    const mounts: [string, boolean][] = [...HONEST.slice(0, -1), [LOG.replace(HOME, real), true]];
    expect(judged(seeing(mounts)).status).toBe('fix');
    const facts = changed(seeing(mounts), 'accounts', (value) => {
      for (const account of value.accounts)
        if (account.home === HOME && account.homeDirectory !== null) account.homeDirectory.resolved = real;
    });
    expect(judged(facts).status).toBe('pass');
  });

  it('is not known where the mounts could not be read', () => {
    expect(judged(seeing(null)).status).toBe('unknown');
  });

  it('was not looked at in old recordings, which are judged as they were', () => {
    expect(judged(seeing(undefined)).status).toBe('pass');
  });
});
