import { describe, expect, it } from 'vitest';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { refuseForbiddenPath } from './forbidden.ts';

const MACHINE: Machine = {
  stateFolder: '/var/lib/swarmkeep',
  ownFolder: '/usr/local/libexec/swarmkeep',
  programFolders: [],
  systemd: true,
};

describe('paths that no plan may touch', () => {
  it.each([
    '/run',
    '/run/sudo/ts/minotaur',
    '/run/systemd',
    '/run/systemd/system',
    '/run/swarmkeep-other',
    '/etc',
    '/etc/ssh',
    '/etc/ssh/ssh_host_ed25519_key',
    '/etc/sudoers.d/x',
    '/var/lib/swarmkeep/lock',
    '/usr/local/libexec',
  ])('refuses %s', (path) => {
    expect(() => refuseForbiddenPath(MACHINE, path)).toThrow(Refused);
  });

  it.each([
    // What a change holds in force until the next boot lies here, and the fix makes the folder itself.
    '/run/swarmkeep',
    '/run/swarmkeep/sshd.conf',
    '/run/systemd/system/mycoswarm.service.d',
    '/etc/ssh/sshd_config.d',
    '/etc/nftables.d/swarmkeep-agent.nft',
  ])('takes %s', (path) => {
    expect(() => refuseForbiddenPath(MACHINE, path)).not.toThrow();
  });
});
