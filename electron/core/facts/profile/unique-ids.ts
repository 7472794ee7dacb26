import type { ListeningSocket } from '#shared/domain/facts/network.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { Candidate } from './find-candidates.ts';

/** A candidate with what was made of it. */
export interface Described {
  candidate: Candidate;
  instance: InstanceProfile;
}

/** How surely a candidate is the one that others with its id only look like; larger is surer. */
function standing({ candidate, instance }: Described, sockets: readonly ListeningSocket[]): number {
  const { daemon, unit } = candidate;
  if (daemon === null) return 0;
  if (unit !== null && unit.mainPid === daemon.pid) return 3;
  const listens = sockets.some(
    (socket) => socket.port === instance.apiPort && socket.pids.includes(daemon.pid),
  );
  return listens ? 2 : 1;
}

const startOf = ({ candidate }: Described) => Date.parse(candidate.daemon?.startedAt ?? '') || Infinity;

/**
 * Gives every installation an id of its own. Of several with one uid and port the one that the unit names, that listens or
 * that started first keeps the plain id and the others get a number: were they one, a second process or a script on the disk
 * would take the place of the real installation, and what that can do would be judged by nobody. Processes of one unit are
 * one installation, as its main process describes it.
 * @param described in the order in which they were found
 * @returns installations in that order
 */
export function withUniqueIds(
  described: readonly Described[],
  sockets: readonly ListeningSocket[],
): InstanceProfile[] {
  const taken = new Set(described.map(({ instance }) => instance.id));
  const ids = new Map<Described, string>();
  const pids = new Map<Described, number[]>();
  for (const [id, group] of Map.groupBy(described, ({ instance }) => instance.id)) {
    const best = group.toSorted(
      (a, b) =>
        standing(b, sockets) - standing(a, sockets) ||
        (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0),
    );
    const kept: Described[] = [];
    let number = 2;
    for (const one of best) {
      const same = kept.find(
        ({ candidate }) => candidate.unit !== null && candidate.unit === one.candidate.unit,
      );
      if (same) {
        pids.set(same, [...(pids.get(same) ?? same.instance.pids), ...one.instance.pids]);
        continue;
      }
      kept.push(one);
      if (kept.length === 1) {
        ids.set(one, id);
        continue;
      }
      while (taken.has(`${id}-${number}`)) number += 1;
      taken.add(`${id}-${number}`);
      ids.set(one, `${id}-${number}`);
    }
  }
  return described.flatMap((one) => {
    const id = ids.get(one);
    if (id === undefined) return [];
    const all = [...new Set(pids.get(one) ?? one.instance.pids)].sort((a, b) => a - b).slice(0, 512);
    return [{ ...one.instance, id, pids: all }];
  });
}
