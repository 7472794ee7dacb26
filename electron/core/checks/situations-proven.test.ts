import { describe } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { changed, seenAs, unit, withoutSubject } from './testing/facts-builder.ts';
import { AGENT, but, hardened, tryEach } from './testing/situations.ts';

/** No time service answers, and the kernel calls itself synchronised; one is there in this state, or none is. */
const silent = (state: { active: string } | null, service = 'systemd-timesyncd.service'): Facts =>
  changed(
    but('time', (value) => Object.assign(value, { service: null, source: null, offsetMs: null })),
    'units',
    (value) => {
      if (state !== null) value.units.push({ ...unit(service, '', {}), ...state });
    },
  );

const inContainer = (facts: Facts): Facts =>
  changed(facts, 'identity', (value) => Object.assign(value, { virtualization: 'lxc' }));

describe('situations', () => {
  tryEach([
    [
      'api-docs-exposed',
      'no answer',
      but('mycoswarm', (value) => {
        value.probes = [];
      }),
      'unknown',
    ],
    [
      'tool-log',
      'a log in reach of the agent',
      but('mycoswarm', (value) => {
        if (value.toolCallLog !== null) value.toolCallLog.uid = AGENT;
      }),
      'fix',
      /rewrite/,
    ],
    [
      'time-sync',
      'not synchronised',
      but('time', (value) => {
        value.synchronised = false;
      }),
      'fix',
      /clock of uncho/,
    ],
    [
      'time-sync',
      'three seconds off',
      but('time', (value) => {
        value.offsetMs = -3_000;
      }),
      'fix',
      /3000 ms/,
    ],
    ['time-sync', 'a service that was stopped', silent({ active: 'inactive' }), 'fix', /any more/],
    [
      'time-sync',
      'OpenNTPD that was stopped',
      silent({ active: 'inactive' }, 'openntpd.service'),
      'fix',
      /openntpd|any more/,
    ],
    ['time-sync', 'no service that is known', silent(null), 'pass'],
    ['time-sync', 'a service that does not answer', silent({ active: 'active' }), 'pass'],
    [
      'time-sync',
      'a container, whose clock is the machine’s',
      inContainer(silent({ active: 'inactive' })),
      'pass',
    ],
    ['time-sync', 'no service that answers, and no units', withoutSubject(silent(null), 'units'), 'unknown'],
    [
      'time-sync',
      'nobody says how far off',
      changed(
        but('time', (value) => {
          value.offsetMs = null;
        }),
        'identity',
        (value) => {
          value.skewMs = null;
        },
      ),
      'unknown',
    ],
    [
      'os-updates',
      'a late security update',
      but(
        'updates',
        (value) =>
          void value.pending.push({
            package: 'openssl',
            installed: '3.0',
            available: '3.1',
            security: true,
            publishedAt: '2026-10-01T00:00:00.000Z',
          }),
      ),
      'fix',
      /more than 14 days/,
    ],
    [
      'os-updates',
      'a fresh security update',
      but(
        'updates',
        (value) =>
          void value.pending.push({
            package: 'openssl',
            installed: '3.0',
            available: '3.1',
            security: true,
            publishedAt: '2026-11-20T00:00:00.000Z',
          }),
      ),
      'pass',
    ],
    [
      'os-updates',
      'stale lists',
      but('updates', (value) => {
        value.listsRefreshedAt = '2026-01-01T00:00:00.000Z';
      }),
      'unknown',
    ],
    [
      'os-updates',
      'a restart that waits',
      but('updates', (value) => {
        value.restartRequired = true;
      }),
      'fix',
      /restart/,
    ],
    [
      'ssh-server',
      'passwords',
      but('sshServer', (value) => {
        value.effective = { ...value.effective, passwordauthentication: ['yes'] };
      }),
      'fix',
      /guesses a password/,
    ],
    [
      'ssh-server',
      'passwords, and a key besides',
      but('sshServer', (value) => {
        value.effective = {
          ...value.effective,
          passwordauthentication: ['yes'],
          authenticationmethods: ['publickey,password'],
        };
      }),
      'pass',
    ],
    [
      'ssh-server',
      'nothing written: the default is yes',
      but('sshServer', (value) => {
        value.effective = null;
        value.written = [{ keyword: 'port', value: '22', file: '/etc/ssh/sshd_config', inMatch: false }];
      }),
      'fix',
    ],
    [
      'ssh-server',
      'passwords, in a server that is not running',
      but('sshServer', (value) => {
        value.listening = false;
        value.effective = {
          ...value.effective,
          passwordauthentication: ['yes'],
          permitrootlogin: ['yes'],
        };
      }),
      'review',
      /is not running; if it were started/,
    ],
    [
      'ssh-server',
      'passwords, and whether it runs was not seen',
      {
        ...hardened,
        subjects: {
          ...hardened.subjects,
          sshServer: seenAs<'sshServer'>(
            {
              installed: true,
              listening: false,
              effective: { passwordauthentication: ['yes'] },
              written: [],
              version: null,
            },
            [{ what: 'whether the SSH server listens', reason: 'sockets were not seen', wouldHelp: null }],
          ),
        },
      },
      'fix',
      /guesses a password/,
    ],
    [
      'ssh-server',
      'nothing readable',
      but('sshServer', (value) => {
        value.effective = null;
        value.written = [];
      }),
      'unknown',
    ],
    [
      'ssh-server',
      'no server',
      but('sshServer', (value) => {
        value.installed = false;
        value.listening = false;
      }),
      'not-applicable',
    ],
  ]);
});
