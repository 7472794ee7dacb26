import { describe, expect, it } from 'vitest';
import { blankInstance } from '#shared/domain/profile.ts';
import type { ScriptOutput } from '../collector.ts';
import { process, socket, subjectsOf, unit } from '../profile/testing.ts';
import { answer, context, value } from '../testing/answers.ts';
import { auditCollector } from './audit.ts';
import { ollamaCollector } from './ollama.ts';
import { sandboxCollector } from './sandbox.ts';
import { sshServerCollector } from './ssh-server.ts';
import { timeCollector } from './time.ts';
import { updatesCollector } from './updates.ts';

describe('time', () => {
  it.each([
    [
      'systemd-timesyncd',
      answer(
        ['show', 'Timezone=Europe/Berlin\nCanNTP=yes\nNTP=yes\nNTPSynchronized=yes\n'],
        [
          'timesync',
          '       Server: 185.125.190.58 (ntp.ubuntu.com)\n      Jitter: 2.1ms\n       Offset: -1.062ms\n',
        ],
      ),
      { synchronised: true, service: 'systemd-timesyncd', offsetMs: -1.062, timezone: 'Europe/Berlin' },
    ],
    ...['+2.726262s', '-1min 3.2s', '+2d 3h', '-400.001ms'].map((offset): [string, ScriptOutput, object] => [
      `systemd-timesyncd that has just set the clock by ${offset}`,
      answer(
        ['show', 'NTP=yes\nNTPSynchronized=yes\n'],
        [
          'timesync',
          `       Server: 192.168.77.2 (192.168.77.2)\n       Offset: ${offset}\n Packet count: 1\n`,
        ],
      ),
      { synchronised: true, service: 'systemd-timesyncd', offsetMs: null },
    ]),
    [
      'systemd-timesyncd that slews',
      answer(['timesync', '       Server: 192.168.77.2 (192.168.77.2)\n       Offset: +400ms\n']),
      { service: 'systemd-timesyncd', offsetMs: 400 },
    ],
    [
      'chrony',
      answer(
        ['show', 'NTPSynchronized=no\n'],
        [
          'chrony',
          'C0248F97,192.36.143.151,2,1763755000.1,-0.000012345,0.0001,0.0002,-1.2,0.01,0.05,0.01,0.001,64.2,Normal\n',
        ],
      ),
      { synchronised: true, service: 'chrony', source: '192.36.143.151', offsetMs: expect.closeTo(0.012345) },
    ],
    [
      'chrony without a source',
      answer([
        'chrony',
        '00000000,,0,0.000000000,0.000000000,0.0,0.0,-7.0,0.0,0.0,1.0,1.0,0.0,Not synchronised\n',
      ]),
      { synchronised: false, service: 'chrony' },
    ],
    [
      'ntp',
      answer([
        'ntpq',
        '     remote           refid      st t when poll reach   delay   offset  jitter\n==============================================================================\n*10.0.0.1        .GPS.            1 u   33   64  377    0.512    2.125   0.021\n',
      ]),
      { synchronised: true, service: 'ntp', source: '10.0.0.1', offsetMs: 2.125 },
    ],
    [
      'OpenNTPD',
      answer(
        ['show', 'NTPSynchronized=yes\n'],
        [
          'ntpctl',
          '2/2 peers valid, constraint offset -1s, clock synced, stratum 3\n\npeer\n   wt tl st  next  poll          offset       delay      jitter\n192.0.2.7 from pool pool.ntp.org\n  *  1 10  2   12s   32s        -1.250ms     8.120ms     0.311ms\n192.0.2.9 from pool pool.ntp.org\n     1 10  2   14s   31s         4.000ms     9.120ms     0.300ms\n',
        ],
      ),
      { synchronised: true, service: 'openntpd', source: '192.0.2.7', offsetMs: -1.25 },
    ],
    [
      'OpenNTPD that does not agree yet',
      answer(['ntpctl', '1/4 peers valid, clock unsynced, clock offset is 7200123.456ms\n']),
      { synchronised: false, service: 'openntpd', source: null, offsetMs: 7_200_123.456 },
    ],
    [
      'OpenNTPD that may not be asked',
      answer(['show', 'NTPSynchronized=yes\n'], ['ntpctl', '']),
      { synchronised: true, service: null },
    ],
    [
      'nothing',
      answer(['zone', 'Etc/UTC\n', '']),
      { synchronised: null, service: null, offsetMs: null, timezone: 'Etc/UTC' },
    ],
  ])('reads %s', (_name, output, expected) => {
    expect(value(timeCollector.parse(output, context))).toMatchObject(expected);
  });
});

describe('audit', () => {
  const on =
    'enabled 1\nfailure 1\npid 601\nrate_limit 0\nbacklog_limit 8192\nlost 3\nbacklog 0\nbacklog_wait_time 60000\n';
  it('reads auditctl, rules at boot and the journal', () => {
    const facts = value(
      auditCollector.parse(
        answer(
          ['auditd', '/usr/sbin/auditd', '/var/log/audit/audit.log'],
          ['state', on],
          ['rules', '-a always,exit -F arch=b64 -S execve -F uid=1000 -F key=swarm\n\u00010'],
          ['boot', '## comment\n-D\n-a always,exit -F arch=b64 -S execve -F uid=1000 -F key=swarm\n'],
          ['source', '/var/log/audit/audit.log', 'yes', '0', '600', '812', '1763755000'],
          ['uring', '2\n'],
          ['journald', '#Storage=auto\nStorage=persistent\nSystemMaxUse=200M\nRateLimitIntervalSec=0\n'],
          ['journal', 'no', 'yes', 'yes'],
          [
            'probe',
            'tried',
            '1000',
            'yes',
            'type=EXECVE msg=audit(1.2:3): argc=2 a0="/bin/true" a1="swarmkeep-probe-x"',
          ],
        ),
        context,
      ),
    );
    expect(facts).toMatchObject({
      auditd: {
        installed: true,
        running: true,
        enabled: 1,
        lost: 3,
        backlogLimit: 8192,
        rules: ['-a always,exit -F arch=b64 -S execve -F uid=1000 -F key=swarm'],
        rulesAtBoot: ['-D', '-a always,exit -F arch=b64 -S execve -F uid=1000 -F key=swarm'],
        logFile: { path: '/var/log/audit/audit.log', uid: 0, mode: 0o600 },
      },
      ioUringDisabled: 2,
      journal: { persistent: true, readable: true, maxUse: '200M', rateLimited: false },
      probe: { tried: true, recorded: true },
    });
  });

  it('takes an answer that was not given for no answer: rules null, not none', () => {
    const facts = value(
      auditCollector.parse(answer(['auditd', '/usr/sbin/auditd', '/var/log/audit/audit.log']), {
        ...context,
        privilege: 'user',
      }),
    );
    expect(facts.auditd).toMatchObject({
      enabled: null,
      lost: null,
      rules: null,
      rulesAtBoot: null,
      logFile: null,
    });
    expect(facts.probe).toMatchObject({ tried: false, recorded: null });
  });
});

describe('SSH server', () => {
  it('puts included settings in their place, and knows what stands in a Match block', () => {
    const facts = value(
      sshServerCollector.parse(
        answer(
          ['installed', '/usr/sbin/sshd', 'OpenSSH_9.2p1 Debian-2+deb12u5, OpenSSL 3.0.15', ''],
          ['effective', 'port 2222\npasswordauthentication yes\nallowusers a\nallowusers b\n\u00010'],
          [
            'file',
            '/etc/ssh/sshd_config',
            'Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin=no\nMatch User git\n  PasswordAuthentication no\n',
          ],
          ['include', '/etc/ssh/sshd_config.d/*.conf', '/etc/ssh/sshd_config.d/a.conf'],
          ['file', '/etc/ssh/sshd_config.d/a.conf', '# x\nPasswordAuthentication yes\n'],
        ),
        { ...context, seen: subjectsOf({ sockets: [socket(2222, 0, [])] }) },
      ),
    );
    expect(facts).toMatchObject({
      installed: true,
      listening: true,
      version: 'OpenSSH_9.2p1',
      effective: { port: ['2222'], passwordauthentication: ['yes'], allowusers: ['a', 'b'] },
    });
    expect(facts.written.map(({ keyword, value: text, inMatch }) => [keyword, text, inMatch])).toEqual([
      ['include', '/etc/ssh/sshd_config.d/*.conf', false],
      ['passwordauthentication', 'yes', false],
      ['permitrootlogin', 'no', false],
      ['match', 'User git', true],
      ['passwordauthentication', 'no', true],
    ]);
  });
});

describe('updates', () => {
  it('marks the date of a list as a bound, and a package in the cache by its own date', () => {
    const facts = value(
      updatesCollector.parse(
        answer(
          ['kernel', '6.1.0-41-amd64'],
          ['image', '6.1.0-41-amd64'],
          ['image', '6.1.0-9-amd64'],
          ['restart', 'linux-image-amd64\nlibssl3\nlinux-image-amd64\n'],
          ['manager', 'apt'],
          ['refreshed', '1763700000', '1763755000'],
          [
            'release',
            'Origin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\nDate: Fri, 20 Nov 2026 00:12:41 UTC\n',
          ],
          ['lists', '1'],
          ['package', 'xz-utils_5.4.1-1+deb12u2_amd64.deb', '1760000000'],
          [
            'pending',
            'xz-utils/oldstable-security 5.4.1-1+deb12u2 amd64 [upgradable from: 5.4.1-1]\nzip/oldstable-security 3.0-13+deb12u1 amd64 [upgradable from: 3.0-13]\nListing...\n',
          ],
          ['unattended', 'APT::Periodic::Unattended-Upgrade "1";', '/usr/bin/unattended-upgrade'],
        ),
        context,
      ),
    );
    expect(facts).toMatchObject({
      manager: 'apt',
      listsRefreshedAt: '2025-11-21T19:56:40.000Z',
      restartRequired: true,
      restartPackages: ['linux-image-amd64', 'libssl3'],
      runningKernelIsNewest: true,
      unattended: true,
    });
    expect(
      facts.pending.map(({ package: name, security, publishedAt, publishedAtIsBound }) => [
        name,
        security,
        publishedAt,
        publishedAtIsBound,
      ]),
    ).toEqual([
      ['xz-utils', true, '2025-10-09T08:53:20.000Z', false],
      ['zip', true, '2026-11-20T00:12:41.000Z', true],
    ]);
  });

  it('never takes missing lists for no updates', () => {
    const result = updatesCollector.parse(answer(['manager', 'apt'], ['lists', '0']), context);
    expect(value(result)).toMatchObject({ pending: [], listsRefreshedAt: null });
    expect(result.seen && result.gaps.some((gap) => gap.what === 'pending updates')).toBe(true);
  });

  it('knows an older kernel, and says nothing of one that is not in /boot', () => {
    const newest = (running: string) =>
      value(
        updatesCollector.parse(
          answer(['kernel', running], ['image', '6.1.0-9-amd64'], ['image', '6.1.0-41-amd64']),
          context,
        ),
      ).runningKernelIsNewest;
    expect(newest('6.1.0-9-amd64')).toBe(false);
    expect(newest('6.1.0-41-amd64')).toBe(true);
    expect(newest('6.12.9-custom')).toBeNull();
  });
});

describe('Ollama', () => {
  it('reads models and remote ones, and whether the agent reached it', () => {
    const seen = subjectsOf({
      processes: [
        process(300, 997, ['/usr/local/bin/ollama', 'serve'], {
          environment: [{ name: 'OLLAMA_HOST', value: '0.0.0.0:11434', empty: false }],
        }),
      ],
      sockets: [socket(11434, 997, [300])],
    });
    const facts = value(
      ollamaCollector.parse(
        answer(
          ['version', '{"version":"0.12.6"}'],
          [
            'tags',
            '{"models":[{"name":"llama3.1:8b","size":4920753328},{"name":"gpt-oss:120b-cloud","remote_host":"https://ollama.com:443","size":384}]}',
          ],
          ['agent', '1000', '0'],
        ),
        { ...context, seen },
      ),
    );
    expect(facts).toMatchObject({
      installed: true,
      running: true,
      version: '0.12.6',
      uid: 997,
      host: '0.0.0.0:11434',
      agentReaches: true,
      models: [
        { name: 'llama3.1:8b', remoteHost: null, sizeBytes: 4920753328 },
        { name: 'gpt-oss:120b-cloud', remoteHost: 'https://ollama.com:443' },
      ],
    });
  });
});

describe('sandbox', () => {
  const instance = {
    ...blankInstance('mycoswarm.service', 'systemd'),
    user: 'm',
    uid: 1000,
    unit: 'mycoswarm.service',
    pids: [812],
    running: true,
  };
  const judged = (restrict: string, seccomp: number, exit: string, said = '') =>
    value(
      sandboxCollector.parse(answer(['tried', '0', exit, said], ['switch', 'unshare', '1\n']), {
        ...context,
        profile: { instances: [instance], corrected: [] },
        seen: subjectsOf({
          processes: [process(812, 1000, ['mycoswarm', 'daemon'], { seccomp })],
          units: [unit('mycoswarm.service', '/x daemon', { properties: { RestrictNamespaces: restrict } })],
        }),
      }),
    ).instances[0]?.unshare;

  it('weighs the unit: a filter on the running service refuses what works outside it', () => {
    expect(judged('no', 0, '0')).toBe('works');
    expect(judged('yes', 2, '0')).toBe('refused');
    expect(judged('mnt ipc', 2, '0')).toBe('refused');
    expect(judged('user net mnt', 2, '0')).toBe('works');
    // Written in the unit, but the process was started before: no filter is in force.
    expect(judged('yes', 0, '0')).toBe('works');
  });

  it('tells a refusal from a look that failed', () => {
    expect(judged('no', 0, '1', 'unshare: unshare failed: Operation not permitted')).toBe('refused');
    expect(judged('no', 0, '1', 'setpriv: setgroups failed')).toBe('not-tried');
    expect(judged('no', 0, '137')).toBe('not-tried');
    expect(judged('no', 0, 'absent')).toBe('not-tried');
  });
});
