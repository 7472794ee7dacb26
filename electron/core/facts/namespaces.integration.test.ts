import { existsSync } from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import type { ScriptHost } from '#core/hosts/host.ts';
import { endedByUs, runProcess } from '#core/hosts/run-process.ts';
import type { SubjectName } from '#shared/domain/facts/facts.ts';
import type { Gap, Observation, Seen } from '#shared/domain/facts/observation.ts';
import { collect } from './collect.ts';
import type { SubjectValue } from './collector.ts';
import type { AnyCollector } from './collectors.ts';
import { containersCollector } from './subjects/containers.ts';
import { firewallCollector } from './subjects/firewall.ts';
import { mountsCollector } from './subjects/mounts.ts';
import { processesCollector } from './subjects/processes.ts';
import { socketsCollector } from './subjects/sockets.ts';

/** A machine of its own as far as namespaces go: what `prepare` does there is gone when the run ends. */
function privateHost(flags: readonly string[], prepare: string, runAs = ''): ScriptHost {
  return {
    kind: 'local',
    async run(request) {
      const result = await runProcess({
        ...request,
        program: 'unshare',
        arguments: [
          ...flags,
          '/bin/sh',
          '-ec',
          `{ ${prepare}; } </dev/null >/dev/null 2>&1; ${runAs} /bin/sh -s`,
        ],
        environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      });
      if (result.how === 'ended') return { ok: true, end: result.end };
      return { ok: false, error: endedByUs(result.how === 'not-started' ? 'cancelled' : result.how) };
    },
    close: async () => {},
  };
}

async function see<S extends SubjectName>(
  host: ScriptHost,
  collector: AnyCollector & { subject: S },
): Promise<Seen<SubjectValue<S>>> {
  const result = await collect({ host, collectors: [collector], hints: null, corrections: [], salt: '' });
  if (!result.ok) throw new Error(result.error.message);
  const observation = result.collection.subjects[collector.subject] as Observation<SubjectValue<S>>;
  if (observation.state !== 'seen') throw new Error(observation.reason);
  return observation;
}

/** What a namespace cannot have is a start of its own: what it would load at boot is not known there. */
const inForce = (gaps: readonly Gap[]): Gap[] =>
  gaps.filter(({ what }) => what !== 'rules that are loaded at boot');

const NOBODY = 'setpriv --reuid 65534 --regid 65534 --clear-groups';

describe('on a machine of another kind', () => {
  const needs = (context: TestContext, ...programs: string[]): void => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      context.skip('needs root on Linux for namespaces');
    for (const program of programs) if (!existsSync(program)) context.skip(`needs ${program}`);
  };

  it('says that processes of others are hidden (hidepid)', async (context) => {
    needs(context);
    // A process namespace of its own: the options of a proc mount hold for everybody who shares it.
    const host = privateHost(
      ['-m', '-p', '-f', '--kill-child'],
      `mount -t proc -o hidepid=2 proc /proc; sleep 60 & ${NOBODY} sleep 61 & :`,
      NOBODY,
    );
    const processes = await see(host, processesCollector);
    expect(processes.value.processes).toMatchObject([{ uid: 65_534, argv: ['sleep', '61'] }]);
    expect(processes.gaps.map((gap) => gap.what)).toContain('processes of other accounts');
  });

  it('reads ten thousand rules, of nftables and of both iptables', async (context) => {
    needs(context, '/usr/sbin/nft', '/usr/sbin/iptables-nft', '/usr/sbin/iptables-legacy');
    const rules = `{ echo 'table inet many { chain output { type filter hook output priority 0;'; i=0; while [ $i -lt 10000 ]; do echo "ip daddr 10.$((i / 250 % 250)).$((i % 250)).1 tcp dport $((i + 1)) drop"; i=$((i + 1)); done; echo '}'; echo '}'; } | nft -f -; iptables-nft -A OUTPUT -d 192.0.2.1 -j DROP; iptables-legacy -A OUTPUT -d 192.0.2.2 -j DROP; ip6tables-nft -A OUTPUT -d 2001:db8::1 -j DROP`;
    const began = Date.now();
    const { value, gaps } = await see(privateHost(['-n'], rules), firewallCollector);
    expect(
      JSON.parse(value.nftJson ?? '').nftables.filter((entry: object) => 'rule' in entry).length,
    ).toBeGreaterThan(10_000);
    const save = (family: number, backend: string): string =>
      value.saves.find((entry) => entry.family === family && entry.backend === backend)?.text ?? '';
    expect(save(4, 'nf_tables')).toContain('-d 192.0.2.1/32 -j DROP');
    expect(save(4, 'legacy')).toContain('-d 192.0.2.2/32 -j DROP');
    expect(save(6, 'nf_tables')).toContain('-d 2001:db8::1/128 -j DROP');
    expect(inForce(gaps)).toEqual([]);
    expect(Date.now() - began).toBeLessThan(20_000);
  });

  it('never says "no rules" where an ordinary user may not look', async (context) => {
    needs(context, '/usr/sbin/nft');
    const { value, gaps } = await see(privateHost(['-n'], 'nft add table inet x', NOBODY), firewallCollector);
    expect(value).toMatchObject({ nftJson: null, saves: [] });
    expect(inForce(gaps).length).toBeGreaterThanOrEqual(1);
    expect(inForce(gaps).every((gap) => gap.reason === 'only root may read the rules')).toBe(true);
  });

  it('sees sockets of both families without ss too, the same ones', async (context) => {
    needs(context, '/usr/bin/ss');
    const listen = `ip link set lo up; ${process.execPath} -e "
      const net = require('node:net'), dgram = require('node:dgram');
      net.createServer().listen(7001, '127.0.0.1'); net.createServer().listen(7002, '::1'); net.createServer().listen(7003, '::');
      dgram.createSocket('udp4').bind(7004, '0.0.0.0');
      setTimeout(() => {}, 30000)" & until [ "$(ss -Hltun | wc -l)" -ge 4 ]; do sleep 0.05; done`;
    const flags = ['-n', '-m', '-p', '-f', '--kill-child'];
    const withSs = await see(privateHost(flags, `mount -t proc proc /proc; ${listen}`), socketsCollector);
    const hidden = `mount -t proc proc /proc; ${listen}; mount --bind /dev/null /usr/bin/ss`;
    const without = await see(privateHost(flags, hidden), socketsCollector);
    const keys = (seen: typeof withSs): string[] =>
      seen.value.listening
        .map((entry) =>
          [
            entry.family,
            entry.protocol,
            entry.address,
            entry.port,
            entry.uid,
            entry.pids.length,
            entry.processName,
          ].join(' '),
        )
        .sort();
    expect(keys(withSs)).toHaveLength(4);
    expect(keys(without)).toEqual(keys(withSs));
  });

  it('asks a running Docker over its socket, and wakes none that sleeps', async (context) => {
    needs(context, '/usr/bin/curl');
    const server = `
      const http = require('node:http'), fs = require('node:fs');
      fs.writeFileSync('/proc/self/comm', process.argv[1]);
      const id = 'a'.repeat(64);
      http.createServer((request, response) => {
        fs.writeFileSync('/run/asked', request.url);
        response.end(JSON.stringify(request.url.endsWith('/' + id + '/json')
          ? { Id: id, Name: '/web', Image: 'x', Config: { User: 'app', Image: 'nginx' }, HostConfig: { Privileged: false, NetworkMode: 'bridge' }, NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] } }, Mounts: [] }
          : [{ Id: id }]));
      }).listen('/run/docker.sock');
      setTimeout(() => {}, 30000)`;
    const prepare = (name: string): string =>
      `mount -t tmpfs tmpfs /run; mount -t proc proc /proc; ${process.execPath} -e '${server.replaceAll("'", '"')}' ${name} & until [ -S /run/docker.sock ]; do sleep 0.05; done`;
    const flags = ['-m', '-p', '-f', '--kill-child'];
    const awake = await see(privateHost(flags, prepare('dockerd')), containersCollector);
    expect(awake.value.engines).toMatchObject([
      {
        name: 'docker',
        reachable: true,
        rootless: false,
        socket: { path: '/run/docker.sock', uid: 0, group: 'root' },
        containers: [
          {
            name: 'web',
            user: 'app',
            ports: [{ hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
          },
        ],
      },
    ]);
    const asleep = await see(privateHost(flags, prepare('systemd')), containersCollector);
    expect(asleep.value.engines).toMatchObject([{ reachable: false, containers: [] }]);
  });

  it('sees bind mounts and names with spaces', async (context) => {
    needs(context);
    const prepare = 'mount -t tmpfs tmpfs /mnt; mkdir "/mnt/a b" /mnt/c; mount --bind "/mnt/a b" /mnt/c';
    const { value } = await see(privateHost(['-m'], prepare), mountsCollector);
    expect(value.mounts.find((mount) => mount.path === '/mnt/c')).toMatchObject({
      root: '/a b',
      type: 'tmpfs',
      hung: false,
    });
  });
});
