import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import type { Agent, Power } from './agent.ts';
import type { CheckInput } from './check.ts';
import { asRoot, undoneBy } from './steps.ts';

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

type Before = NonNullable<Power['file']>;

/** Puts a file's mode back as it was. */
const modeBack = (input: CheckInput, { path, mode }: Before) =>
  asRoot(input, 'Back')`chmod ${octal(mode)} -- ${path}`;

/** Puts a file's capabilities back as they were; setcap(8) takes no `--`, and the path is absolute. */
const capabilitiesBack = (input: CheckInput, { path, capabilities }: Before) =>
  capabilities === null ? [] : [asRoot(input, 'Back')`setcap ${capabilities} ${path}`];

/** Takes an account out of a group, and how it comes back. */
export function leaveGroupStep(input: CheckInput, agent: Agent, account: string, group: string): FixStep {
  return undoneBy(
    asRoot(
      input,
      `Take ${visible(agent.name)} out of the group ${visible(group)}`,
    )`gpasswd -d ${account} -- ${group}`,
    [asRoot(input, 'Back')`gpasswd -a ${account} -- ${group}`],
  );
}

/** Takes setuid, setgid and capabilities from a program, as far as it has them, each with its way back. */
export function takeRightsSteps(input: CheckInput, { what, file }: Power): FixStep[] {
  const mark = asRoot(input, 'Take the mark off, if nothing needs it')`chmod ug-s -- ${what}`;
  const capabilities = asRoot(input, 'Take its capabilities away, if nothing needs them')`setcap -r ${what}`;
  if (file === undefined) return [mark, capabilities];
  return [
    ...((file.mode & 0o6000) === 0 ? [] : [undoneBy(mark, [modeBack(input, file)])]),
    ...(file.capabilities === null ? [] : [undoneBy(capabilities, capabilitiesBack(input, file))]),
  ];
}

/**
 * Gives a program with rights of its own to the administrator. The kernel takes setuid, setgid and capabilities from a file
 * whose owner changes (chown(2)), so the way back gives these again too.
 */
export function giveToRootSteps(input: CheckInput, { what, file }: Power): FixStep[] {
  const own = asRoot(input, 'Give it to the administrator')`chown root:root -- ${what}`;
  const close = asRoot(input, 'Let nobody else write it')`chmod go-w -- ${what}`;
  if (file === undefined) return [own, close];
  return [
    undoneBy(own, [
      asRoot(input, 'Back')`chown ${`${file.uid}:${file.gid}`} -- ${what}`,
      modeBack(input, file),
      ...capabilitiesBack(input, file),
    ]),
    undoneBy(close, [modeBack(input, file)]),
  ];
}

/** Closes the socket of a container engine to everybody who is not in its group. */
export function closeSocketSteps(input: CheckInput, { what, file }: Power): FixStep[] {
  const close = asRoot(input, 'Let only its own group command the engine')`chmod o-rwx -- ${what}`;
  if (file === undefined) return [close];
  return (file.mode & 0o007) === 0 ? [] : [undoneBy(close, [modeBack(input, file)])];
}
