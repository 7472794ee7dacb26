import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { readPlace } from '../entry/read-entry.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun } from '../run/run-program.ts';
import { close } from '../walk/descriptor.ts';
import { holdFolder, holdTarget } from '../walk/walk.ts';
import { anyVerb } from './verb.ts';

const before = z.strictObject({
  path: z.string().max(256),
  names: z.array(z.string().max(256)).max(64),
  /** Profiles of that name were in the kernel already: then they stay there. */
  loaded: z.boolean(),
});
const left = z.strictObject({});

const PROFILES = '/sys/kernel/security/apparmor/profiles';

/** Names of profiles in the kernel (securityfs); refuses where AppArmor is not in force. */
function loadedProfiles(): Set<string> {
  try {
    const lines = readFileSync(PROFILES, 'utf8').split('\n');
    return new Set(lines.map((line) => line.replace(/ \([a-z ]+\)$/, '')));
  } catch {
    throw new Refused('missing-tool', 'AppArmor is not in force on this node.');
  }
}

const isInForce = () => existsSync(PROFILES);

/** Names in a profile file of our own; refuses a file that others can write, and profiles that are not ours. */
function profileNames(machine: Machine, path: string): string[] {
  const held = holdFolder(machine, path, 'change');
  const place = holdTarget(held);
  try {
    if (place === null) throw new Refused('not-found', `${path} is not there.`);
    const { state } = readPlace(machine, place, false, path);
    if (state.kind !== 'file' || state.uid !== 0 || (state.mode & 0o022) !== 0)
      throw new Refused('unsafe-path', `${path} is no file of root's alone.`);
  } finally {
    close(place, held.folder);
  }
  const { output } = mustRun(machine, { program: 'apparmor_parser', arguments: ['-N', path] });
  const names = output
    .toString('utf8')
    .split('\n')
    .map((name) => name.trim())
    .filter(Boolean);
  const foreign = names.find((name) => !name.startsWith('swarmkeep'));
  if (foreign !== undefined || names.length === 0)
    throw new Refused(
      'bad-request',
      `${path} holds a profile that is not Swarmkeep's: ${foreign ?? 'none'}.`,
    );
  return names;
}

/** Loads an AppArmor profile of our own (`load-apparmor-profile` of the protocol). */
export const loadApparmorProfile = anyVerb<
  'load-apparmor-profile',
  z.infer<typeof before>,
  z.infer<typeof left>
>({
  verb: 'load-apparmor-profile',
  before,
  left,
  target: (action) => action.path,
  look: ({ path }, { machine }) => {
    const profiles = loadedProfiles();
    const names = profileNames(machine, path);
    return { path, names, loaded: names.some((name) => profiles.has(name)) };
  },
  perform: (_action, kept, { machine }) => {
    mustRun(machine, { program: 'apparmor_parser', arguments: ['-r', kept.path] });
    return { left: {}, already: false, notUndone: null, output: kept.names.join(' ') };
  },
  differences: () => [],
  takeBack: (kept, _left, { machine }) => {
    // What loads profiles at boot may have loaded it again, and where nothing did, nothing is to be taken out.
    if (machine.booting && !isInForce()) return 'The profiles ended with the last boot.';
    const profiles = loadedProfiles();
    if (kept.loaded || !kept.names.some((name) => profiles.has(name)))
      return 'The profiles are as they were.';
    mustRun(machine, { program: 'apparmor_parser', arguments: ['-R', kept.path] });
    return `Out of the kernel: ${kept.names.join(' ')}.`;
  },
});
