import { describe, expect, it } from 'vitest';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { runChecks } from './run.ts';
import { changed, inputFor } from './testing/facts-builder.ts';
import { AGENT, but, hardened, rules, unitWith } from './testing/situations.ts';

/** What was there before comes back; where nothing was, the file goes. */
const back = (path: string) =>
  `sudo sh -c 'for at in "$1" "$2"; do if test -L "$at"; then echo "$at is a link: nothing was changed." >&2; exit 1; fi; done; if test -e "$2"; then mv -- "$2" "$1"; else rm -- "$1"; fi' sh ${path} ${path}.swarmkeep-before`;

const DROP_IN = (name: string) =>
  `${back(`/etc/systemd/system/mycoswarm.service.d/${name}.conf`)} && sudo systemctl daemon-reload && sudo systemctl restart -- mycoswarm.service`;

const program = (path: string, mode: number, capabilities: string | null, uid = 0) =>
  but('accounts', (value) => {
    value.setuidPrograms.push({ path, uid, gid: 0, mode, capabilities });
  });

const socketWith = (mode: number) =>
  but('containers', (value) => {
    value.engines = [
      {
        name: 'podman',
        socket: { path: '/run/podman/podman.sock', mode, uid: 0, gid: 0, group: 'root' },
        reachable: true,
        rootless: false,
        containers: [],
      },
    ];
  });

/** The commands of a finding, each with what takes it back. */
function undone(check: CheckId, facts: Facts): Record<string, string | undefined> {
  const [found] = runChecks(inputFor(facts), { only: [check] });
  return Object.fromEntries(
    (found?.fix ?? [])
      .filter(({ command, undo }) => command !== null || undo !== undefined)
      .map((step) => [step.file?.path ?? step.command ?? step.text, step.undo]),
  );
}

describe('the exact way back of a step', () => {
  it.each<[string, CheckId, Facts, Record<string, string>]>([
    [
      'setuid',
      'dedicated-user',
      program('/usr/local/bin/bash', 0o4755, null),
      { 'sudo chmod ug-s -- /usr/local/bin/bash': 'sudo chmod 4755 -- /usr/local/bin/bash' },
    ],
    [
      'capabilities',
      'dedicated-user',
      program('/usr/local/bin/python3', 0o755, 'cap_setuid,cap_net_raw=ep'),
      {
        'sudo setcap -r /usr/local/bin/python3':
          'sudo setcap cap_setuid,cap_net_raw=ep /usr/local/bin/python3',
      },
    ],
    [
      'a program that the agent may change',
      'dedicated-user',
      program('/usr/local/bin/tool', 0o4757, 'cap_chown=ep', 7),
      {
        'sudo chown root:root -- /usr/local/bin/tool':
          'sudo chown 7:0 -- /usr/local/bin/tool && sudo chmod 4757 -- /usr/local/bin/tool && sudo setcap cap_chown=ep /usr/local/bin/tool',
        'sudo chmod go-w -- /usr/local/bin/tool': 'sudo chmod 4757 -- /usr/local/bin/tool',
      },
    ],
    [
      'the socket of an engine',
      'dedicated-user',
      socketWith(0o666),
      { 'sudo chmod o-rwx -- /run/podman/podman.sock': 'sudo chmod 0666 -- /run/podman/podman.sock' },
    ],
    [
      'a group of the unit',
      'dedicated-user',
      unitWith({ SupplementaryGroups: 'render docker' }),
      {
        '/etc/systemd/system/mycoswarm.service.d/60-swarmkeep-groups.conf': DROP_IN('60-swarmkeep-groups'),
      },
    ],
    [
      'capabilities of the unit',
      'dedicated-user',
      unitWith({ AmbientCapabilities: 'cap_sys_admin' }),
      {
        '/etc/systemd/system/mycoswarm.service.d/60-swarmkeep-capabilities.conf':
          DROP_IN('60-swarmkeep-capabilities'),
      },
    ],
    [
      'audit rules',
      'audit-logging',
      rules([]),
      {
        '/etc/audit/rules.d/00-swarmkeep.rules': `${back('/etc/audit/rules.d/00-swarmkeep.rules')} && sudo augenrules --load`,
      },
    ],
    [
      'limits of the unit',
      'sandbox-mode',
      unitWith({ NoNewPrivileges: 'no' }),
      {
        '/etc/systemd/system/mycoswarm.service.d/50-swarmkeep-sandbox.conf': DROP_IN('50-swarmkeep-sandbox'),
      },
    ],
  ])('%s', (_, check, facts, expected) => {
    expect(undone(check, facts)).toMatchObject(expected);
  });

  it('names the groups that stay', () => {
    const facts = unitWith({ SupplementaryGroups: 'render docker video' });
    const [found] = runChecks(inputFor(facts), { only: ['dedicated-user'] });
    const contents = found?.fix.find((step) => step.file?.path.includes('groups'))?.file?.contents;
    expect(contents).toBe('[Service]\nSupplementaryGroups=\nSupplementaryGroups=render video\n');
  });

  it('offers only what the program has', () => {
    const facts = program('/usr/local/bin/bash', 0o4755, null);
    expect(Object.keys(undone('dedicated-user', facts)).join()).not.toContain('setcap');
  });

  it('says no half of a way back where a name cannot be written safely', () => {
    const facts = changed(hardened, 'accounts', (value) => {
      value.setuidPrograms.push({
        path: '/usr/local/bin/bash',
        uid: AGENT + 1,
        gid: 0,
        mode: 0o4757,
        capabilities: 'cap_chown=ep\u202e',
      });
    });
    expect(undone('dedicated-user', facts)['sudo chown root:root -- /usr/local/bin/bash']).toBeUndefined();
  });
});
