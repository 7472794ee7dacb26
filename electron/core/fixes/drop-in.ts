import { seen, unitOf } from '#core/checks/knowledge.ts';
import type { UnitFact } from '#shared/domain/facts/files.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import type { Needed } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { makeDirectory, writeFile } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** Folder of the administrator's own settings of a unit (systemd.unit(5)). */
export const dropInFolder = (unit: string) => `/etc/systemd/system/${unit}.d`;
export const dropInPath = (unit: string, name: string) => `${dropInFolder(unit)}/${name}.conf`;

/** What a drop-in needs to know of the node. */
export function dropInNeeds(unit: string, names: readonly string[]): Needed[] {
  return [
    { path: dropInFolder(unit), kind: 'directory' },
    ...names.map((name): Needed => ({ path: dropInPath(unit, name), kind: 'file' })),
  ];
}

/** Targets of a fix for what it needs: the text of files is asked for, to show what changes. */
export function targetsFor(needed: readonly Needed[]): { path: string; text: boolean }[] {
  return needed.map(({ path, kind }) => ({ path, text: kind === 'file' }));
}

/**
 * Text of a drop-in with one section.
 * @throws RangeError when a line is more than one: what a node or a page names must not become a setting
 */
export function dropInText(lines: readonly string[], section = 'Service'): string {
  const broken = lines.find((line) => /\p{Cc}/u.test(line));
  if (broken !== undefined)
    throw new RangeError(`A line of a drop-in holds a control character: ${visible(broken)}`);
  return [`[${section}]`, ...lines].map((line) => `${line}\n`).join('');
}

/** Writes a drop-in of a unit; what brings it into force comes after. Nothing when it is there so. */
export function writeDropIn(
  input: FixInput,
  title: string,
  dropIn: { unit: string; name: string; lines: readonly string[] },
): PlanStep[] {
  const { unit, name, lines } = dropIn;
  return [
    ...makeDirectory(input, `Make a folder for your own settings of ${unit}`, { path: dropInFolder(unit) }),
    ...writeFile(input, title, { path: dropInPath(unit, name), text: dropInText(lines) }),
  ];
}

/** The unit of the system that runs an installation, or why its settings cannot be changed by a program. */
export function systemUnit(
  input: Known,
  instance: InstanceProfile,
): { ok: true; unit: UnitFact } | { ok: false; why: string } {
  const unit = unitOf(input, instance);
  if (unit === 'unseen')
    return {
      ok: false,
      why: `How ${visible(instance.unit ?? 'mycoSwarm')} is started was not seen. Look at this node as administrator first.`,
    };
  const init = seen(input, 'identity')?.init;
  if (init !== undefined && init !== 'systemd')
    return {
      ok: false,
      why: `This node has no systemd, so no unit can hold mycoSwarm. Take the steps of the finding by hand.`,
    };
  if (unit === null)
    return {
      ok: false,
      why: 'mycoSwarm was started by hand here, and only you know by what. Give it a unit by the steps of the finding; from then on a program can change its settings.',
    };
  if (unit.userUnit)
    return {
      ok: false,
      why: `${visible(unit.name)} is a unit that its own account manages, so it can lift every limit in it. Give mycoSwarm a unit of the system by the steps of the finding; from then on a program can change its settings.`,
    };
  return { ok: true, unit };
}
