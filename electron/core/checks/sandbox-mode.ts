import type { ProcessFact } from '#shared/domain/facts/accounts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude } from './conclude.ts';
import {
  AS_ADMINISTRATOR,
  gapParts,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unitOf,
  unseenPart,
} from './knowledge.ts';
import { ownUnitSteps } from './own-unit.ts';
import type { Part } from './part.ts';
import { isolationParts } from './sandbox-isolation.ts';
import { SANDBOX_DROP_IN, sandboxLines } from './sandbox-lines.ts';
import { dropInSteps, endWithLook } from './steps.ts';
import { hasOwnMounts, mainProcesses } from './unit-sandbox.ts';
import { viewPart } from './view-of-files.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** Directives that a unit must have, with the values that count (systemd.exec(5), "Sandboxing"). */
const REQUIRED: readonly { name: string; values: readonly string[]; gives: string }[] = [
  { name: 'NoNewPrivileges', values: ['yes'], gives: 'no program can give it more rights' },
  { name: 'ProtectSystem', values: ['strict', 'full'], gives: 'the system cannot be written' },
  { name: 'ProtectHome', values: ['yes', 'read-only', 'tmpfs'], gives: 'homes are out of reach' },
  { name: 'PrivateTmp', values: ['yes', 'disconnected'], gives: 'temporary files of its own' },
];

function unitParts(input: CheckInput, instance: InstanceProfile): Part[] {
  const unit = unitOf(input, instance);
  const label = labelOf(input, instance);
  const source = sourceOf(input, 'units');
  if (unit === null) return [];
  if (unit === 'unseen') {
    return [
      unseenPart(input, 'units') ??
        notSeen(
          input,
          `${label}${instance.unit ?? ''}`,
          'systemd did not show this unit, and its file could not be read',
          source,
          AS_ADMINISTRATOR,
        ),
    ];
  }
  const steps = dropInSteps(
    input,
    'Put the limits around it',
    unit.name,
    SANDBOX_DROP_IN,
    sandboxLines(instance),
  );
  return REQUIRED.map((directive): Part => {
    const value = Object.hasOwn(unit.properties, directive.name)
      ? unit.properties[directive.name]
      : undefined;
    const what = `${label}${unit.name}: ${directive.name}=${value ?? ''}`;
    if (value === undefined) return notSeen(input, what, 'systemd did not say', source, 'look again');
    if (directive.values.includes(value)) return { what, seen: directive.gives, status: 'pass', source };
    return {
      what,
      seen: `${directive.name}= is not set`,
      status: 'fix',
      severity: 'high',
      source,
      headline: `Nothing holds mycoSwarm on ${input.nodeName}: ${unit.name} sets no limits that the system keeps.`,
      steps,
    };
  });
}

const answer = (value: boolean | null, yes: string, no: string) =>
  value === null ? 'not seen' : value ? yes : no;

/** What the kernel says of a running process, whatever the unit file may say since. */
function processPart(input: CheckInput, instance: InstanceProfile, process: ProcessFact): Part {
  const source = `/proc/${process.pid}/status`;
  const mounts = hasOwnMounts(input, process);
  const says = [
    `may gain rights: ${answer(process.noNewPrivileges, 'no', 'yes')} (NoNewPrivs ${process.noNewPrivileges === null ? '?' : Number(process.noNewPrivileges)})`,
    `system calls filtered: ${answer(process.seccomp === null ? null : process.seccomp > 0, 'yes', 'no')} (Seccomp ${process.seccomp ?? '?'})`,
    `own view of files: ${mounts === 'unknown' ? 'not seen' : mounts}`,
    ...(process.apparmor === null ? [] : [`AppArmor profile ${process.apparmor}`]),
  ];
  const what = `${labelOf(input, instance)}${process.name} (pid ${process.pid}): ${says.join(', ')}`;
  const unit = instance.unit;
  const isOpen = process.noNewPrivileges === false || mounts === 'no';
  if (isOpen) {
    return {
      what,
      seen:
        process.noNewPrivileges === false
          ? 'the running process may still gain rights'
          : 'the running process sees all files of the machine',
      status: 'fix',
      severity: 'high',
      source,
      headline: `The limits around mycoSwarm on ${input.nodeName} are not in force on the running process.`,
      steps:
        unit === null
          ? ownUnitSteps(input, instance)
          : dropInSteps(input, 'Put the limits around it', unit, SANDBOX_DROP_IN, sandboxLines(instance)),
    };
  }
  if (process.noNewPrivileges === null || mounts === 'unknown') {
    return notSeen(input, what, 'not all of it could be seen', source, AS_ADMINISTRATOR);
  }
  return (
    viewPart(input, instance, process) ?? {
      what,
      seen: 'the limits hold on the running process',
      status: 'pass',
      source,
    }
  );
}

function settingParts(input: CheckInput, instance: InstanceProfile): Part[] {
  const settings =
    seen(input, 'mycoswarm')?.settings.filter((setting) => setting.instance === instance.id) ?? [];
  const known = instance.version === null || instance.version === '0.2.16';
  return settings.map((setting) => ({
    what: `${labelOf(input, instance)}${setting.key}: ${setting.value}`,
    seen: known
      ? 'This setting has no effect: mycoSwarm 0.2.16 does not read it.'
      : `This setting counts for nothing here: mycoSwarm 0.2.16 does not read it, and whether ${instance.version} does is not known.`,
    status: 'not-applicable',
    source: setting.file,
  }));
}

/** Checklist item 2: limits that the system keeps on the running process, and code of agents still isolated. */
export const sandboxMode: Check = {
  id: 'sandbox-mode',
  run(input) {
    const absent = withoutMycoswarm('sandbox-mode', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const parts = input.facts.profile.instances.flatMap((instance): Part[] => {
      const label = labelOf(input, instance);
      const processes = mainProcesses(input, instance);
      const hidden = unseenPart(input, 'processes');
      const idle =
        hidden ??
        notSeen(
          input,
          `${label}mycoSwarm`,
          'not running, so no limit can be seen in force',
          sourceOf(input, 'processes'),
          'start mycoSwarm and look again',
        );
      return [
        ...unitParts(input, instance),
        ...(processes.length === 0
          ? [idle]
          : processes.map((process) => processPart(input, instance, process))),
        ...isolationParts(input, instance),
        ...settingParts(input, instance),
      ];
    });
    parts.push(...gapParts(input, 'sandbox'));
    const concluded = conclude('sandbox-mode', input, parts, {
      pass: `The limits around mycoSwarm on ${node} hold on the running process, and code of agents is isolated.`,
      detail: {
        fix: 'A line in a settings file of mycoSwarm holds nobody; only what the system keeps on the running process counts.',
      },
      wouldChange: {
        pass: 'A restart without these limits, or a system that no longer allows isolation, would change this.',
        otherwise:
          'Limits of the unit in force on the running process, and isolation that works for its account, would make this fine.',
      },
    });
    return endWithLook(concluded);
  },
};
