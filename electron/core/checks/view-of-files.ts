import { isWithin } from '#core/facts/profile/paths.ts';
import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import type { CheckInput } from './check.ts';
import { AS_ADMINISTRATOR, labelOf, notSeen, seen, unitOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { SANDBOX_DROP_IN, sandboxLines } from './sandbox-lines.ts';
import { asRoot, byHand, dropInSteps } from './steps.ts';
import { placesOf } from './unit-places.ts';

/**
 * What `ProtectSystem=` and `ProtectHome=` keep from being written, by their values (systemd.exec(5), "Sandboxing"). Not `/run/user`:
 * the folder of somebody who logs in later arrives there in every view, and it is open to that account alone.
 */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'ProtectSystem=yes': ['/usr', '/boot', '/efi'],
  'ProtectSystem=full': ['/usr', '/boot', '/efi', '/etc'],
  'ProtectSystem=strict': ['/'],
  'ProtectHome=yes': ['/home', '/root'],
  'ProtectHome=read-only': ['/home', '/root'],
  'ProtectHome=tmpfs': ['/home', '/root'],
};
/** Left writable under `strict`: what the kernel shows as files, what lives as long as the system runs, and temporary files of its own. */
const LEFT = ['/proc', '/sys', '/dev', '/run', '/tmp', '/var/tmp'];

const isWithinOne = (path: string, places: readonly string[]) =>
  places.some((place) => isWithin(path, place));

/** Places that a unit names, as they are where the home of the account lies behind a link of the system. */
function declared(input: CheckInput, instance: InstanceProfile, unit: UnitFact): string[] {
  const places = placesOf(unit, instance.home).flatMap((place) => [
    place,
    // Where systemd puts the folders of a unit whose account exists while it runs only (`DynamicUser=`).
    ...[place.replace(/^\/var\/(lib|cache|log)\//, '/var/$1/private/')].filter((other) => other !== place),
  ]);
  const home = instance.home;
  const real = seen(input, 'accounts')?.accounts.find((account) => account.home === home)?.homeDirectory
    ?.resolved;
  if (home === null || typeof real !== 'string') return places;
  return places.flatMap((place) =>
    isWithin(place, home) ? [place, `${real}${place.slice(home.length)}`] : [place],
  );
}

/** A file system within a place that the unit names is as writable as the place. */
const isNamed = (path: string, places: readonly string[]) =>
  places.some((place) => path === place || (place !== '/' && isWithin(path, place)));

type View = readonly { path: string; writable: boolean }[];

/** Paths that a process can write by its mounts, though its unit keeps them from it and names them nowhere. */
function writableBeyond(view: View, unit: UnitFact, places: readonly string[]): string[] {
  const kept = ['ProtectSystem', 'ProtectHome'].flatMap(
    (name) => KEPT[`${name}=${unit.properties[name] ?? ''}`] ?? [],
  );
  const isKept = (path: string) => isWithinOne(path, kept) && !isWithinOne(path, LEFT);
  const mounts = new Map(view.map((mount) => [mount.path, mount.writable]));
  // A kept folder that is no mount of its own is what the one above it is.
  const behind = (path: string): boolean | undefined =>
    mounts.get(path) ?? (path === '/' ? undefined : behind(path.slice(0, path.lastIndexOf('/')) || '/'));
  return [...new Set([...kept, ...mounts.keys()])].filter(
    (path) => isKept(path) && !isNamed(path, places) && behind(path) === true,
  );
}

function steps(input: CheckInput, instance: InstanceProfile, unit: UnitFact): FixStep[] {
  const places = placesOf(unit, instance.home);
  return [
    byHand(
      'systemd follows links: a place that the unit names and that was replaced by a link opens what the link leads to. A place below must be a plain file or folder.',
      true,
    ),
    ...places.map((place) => asRoot(input, 'See what lies there')`ls -ld -- ${place}`),
    byHand('Remove what is a link, after you have kept what you need of it, and find out who put it there.'),
    ...dropInSteps(
      input,
      'Put the limits around it again',
      unit.name,
      SANDBOX_DROP_IN,
      sandboxLines(instance),
    ),
  ];
}

/**
 * What a running process can write by the mounts that it really has, held against what its unit says: systemd follows links in
 * the places that a unit names, and a link of the agent's there opens another place. Null when nothing is wrong, and where a unit, or a
 * look of a version that saw no mounts, says nothing to hold them against.
 */
export function viewPart(input: CheckInput, instance: InstanceProfile, process: ProcessFact): Part | null {
  const unit = unitOf(input, instance);
  if (unit === null || unit === 'unseen') return null;
  const views = seen(input, 'sandbox')?.instances.find((one) => one.instance === instance.id)?.views;
  if (views === undefined) return null;
  const what = `${labelOf(input, instance)}${process.name} (pid ${process.pid}): what it can write by its mounts`;
  const source = `/proc/${process.pid}/mountinfo`;
  const own = process.namespaces?.mnt;
  const same = new Set(
    (seen(input, 'processes')?.processes ?? [])
      .filter(({ pid, namespaces }) => pid === process.pid || (own !== undefined && namespaces?.mnt === own))
      .map(({ pid }) => pid),
  );
  const view = views?.find(({ pid }) => same.has(pid));
  if (view === undefined)
    return notSeen(input, what, 'its mounts could not be read', source, AS_ADMINISTRATOR);
  const beyond = writableBeyond(view.mounts, unit, declared(input, instance, unit));
  const [first] = beyond;
  if (first === undefined) return null;
  const shown = beyond.slice(0, 8).map(visible).join(', ');
  return {
    what,
    seen: `writable in spite of the limits of ${unit.name}: ${shown}${beyond.length > 8 ? ` and ${beyond.length - 8} more` : ''}`,
    status: 'fix',
    severity: 'high',
    source,
    headline: `mycoSwarm on ${input.nodeName} can write in ${visible(first)}, which its limits should keep from it.`,
    steps: steps(input, instance, unit),
  };
}
