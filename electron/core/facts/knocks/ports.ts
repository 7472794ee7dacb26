import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';

/**
 * TCP ports on which programs of homes and of swarms answer, whether a look saw them or not (IANA service names, and those that the
 * threat model of the swarm names): what forwards one of them shows in no list of sockets of the machine.
 */
const WELL_KNOWN: readonly number[] = [
  21, 22, 23, 25, 53, 80, 111, 139, 443, 445, 631, 873, 1883, 2049, 2375, 2376, 3000, 3001, 3306, 3389, 4000,
  5000, 5432, 5433, 5678, 5900, 6333, 6379, 6443, 7890, 8000, 8001, 8080, 8081, 8123, 8443, 8888, 9000, 9090,
  9100, 9200, 10250, 11434, 27017,
];
const MAX_PORTS = 160;

/** TCP ports that a look saw: of sockets, also those that should answer on the machine itself only, and of containers. */
export function portsSeen(subjects: Pick<Subjects, 'sockets' | 'containers'>): { port: number }[] {
  const sockets = subjects.sockets.state === 'seen' ? subjects.sockets.value.listening : [];
  const engines = subjects.containers.state === 'seen' ? subjects.containers.value.engines : [];
  const published = engines.flatMap(({ containers }) => containers.flatMap(({ ports }) => ports));
  return [
    ...published.filter(({ protocol }) => protocol !== 'udp').map(({ hostPort }) => ({ port: hostPort })),
    ...sockets.filter(({ protocol }) => protocol === 'tcp'),
  ];
}

/**
 * The ports of a node on which it is worth knocking from outside: of its installations, well-known ones, and those that were seen.
 * @returns at most 160, each once, those of the swarm first
 */
export function portsToKnock(
  seen: readonly { port: number }[],
  instances: readonly Pick<InstanceProfile, 'apiPort' | 'dashboardPort'>[],
): number[] {
  const own = instances.flatMap(({ apiPort, dashboardPort }) => [apiPort ?? 0, dashboardPort ?? 0]);
  const ports = [...own, ...WELL_KNOWN, ...seen.map(({ port }) => port)];
  return [...new Set(ports)].filter((port) => port > 0).slice(0, MAX_PORTS);
}
