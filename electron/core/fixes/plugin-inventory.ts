import { declaredReason, seen } from '#core/checks/knowledge.ts';
import type { PluginFact } from '#shared/domain/facts/software.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { expectedAt, type Needed, obstacleAt } from './at-path.ts';
import { systemUnit, targetsFor } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { DAEMON_RESTART_SECONDS, makeDirectory, restartUnit, said, step } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** A plugin that nobody accepted as it is, and where it goes. */
interface Suspect {
  plugin: PluginFact;
  instance: InstanceProfile;
  folder: string;
  to: string;
}

/** Plugins whose content is not one that the operator accepted. One that could not be read whole is not judged. */
function suspectsOf(input: Known): Suspect[] {
  const plugins = seen(input, 'mycoswarm')?.plugins ?? [];
  return input.facts.profile.instances.flatMap((instance) => {
    const { configurationFolder } = instance;
    if (configurationFolder === null) return [];
    // Beside the folder that is loaded from, and so on the same file system.
    const folder = `${configurationFolder}/plugins.quarantined`;
    return plugins
      .filter((plugin) => plugin.instance === instance.id && plugin.digest !== null)
      .filter(({ name, digest }) => declaredReason(input, 'plugin', `${name}@${digest}`) === null)
      .map((plugin) => ({
        plugin,
        instance,
        folder,
        to: `${folder}/${plugin.name}-${(plugin.digest ?? '').slice(0, 12)}`,
      }));
  });
}

function neededFor(suspects: readonly Suspect[]): Needed[] {
  return suspects.flatMap(({ plugin, folder, to }): Needed[] => [
    { path: plugin.path, kind: 'directory', there: true },
    { path: folder, kind: 'directory' },
    { path: to, kind: 'directory', there: false },
  ]);
}

function quarantine(input: FixInput, { plugin, folder, to }: Suspect): PlanStep[] {
  return [
    ...makeDirectory(
      input,
      'Make a folder that only the administrator opens, for plugins that are not loaded',
      {
        path: folder,
        mode: 0o700,
      },
    ),
    step(
      input,
      `Put the plugin ${plugin.name} aside, as it is, for a look later`,
      { verb: 'move', from: plugin.path, path: to, expect: expectedAt(input, plugin.path) },
      said(`${plugin.path} is moved to ${to}. Nothing in it is opened or started.`),
      { undo: `${plugin.name} is put back where it was; it is loaded at the next start of mycoSwarm.` },
    ),
  ];
}

/** Puts plugins aside that nobody accepted. Accepting one is no change of the node: it is declared at the finding. */
export const pluginInventoryFix: Fix = {
  check: 'plugin-inventory',
  words:
    'Puts plugins aside that you did not accept, and starts mycoSwarm without them. Accept those that are meant at the finding first.',
  after: ['workspace-bounded'],
  targets: (input) => targetsFor(neededFor(suspectsOf(input))),
  plan: (input) => {
    const offered = whyNotOffered(input, ['mycoswarm', 'units']);
    if (offered !== null) return notAutomatic(offered);
    const suspects = suspectsOf(input);
    if (suspects.length === 0)
      return notAutomatic(
        'Which plugin is meant could not be told from its content. Look at it by the steps of the finding.',
      );
    const blocked = obstacleAt(input, neededFor(suspects));
    if (blocked !== null) return notAutomatic(blocked);
    const units = new Set<string>();
    for (const { instance } of suspects) {
      const found = systemUnit(input, instance);
      if (!found.ok) return notAutomatic(found.why);
      units.add(found.unit.name);
    }
    const folders = new Set<string>();
    return planned({
      title: `Put ${suspects.length === 1 ? 'a plugin' : `${suspects.length} plugins`} aside that nobody accepted`,
      settings: suspects.map(({ plugin, to }) => ({
        check: 'plugin-inventory',
        setting: `Plugin ${plugin.name}`,
        from: `loaded at every start from ${plugin.path}`,
        to: `kept in ${to} and not loaded. If it is meant, do not do this: accept it at the finding instead`,
        takesEffect: 'when mycoSwarm is restarted, which this does',
        recover: 'Undo this change in Activity',
      })),
      steps: [
        ...suspects.flatMap((suspect) => {
          const steps = quarantine(input, suspect);
          const isKnown = folders.has(suspect.folder);
          folders.add(suspect.folder);
          return isKnown ? steps.filter(({ action }) => action?.verb !== 'make-directory') : steps;
        }),
        ...[...units].map((unit) =>
          restartUnit(
            input,
            unit,
            DAEMON_RESTART_SECONDS,
            'it has loaded the plugin already; tasks that are running are lost',
            {
              reread: false,
              undo: 'mycoSwarm goes on; what is put back is loaded at its next start.',
            },
          ),
        ),
      ],
      proofs: [{ kind: 'check', check: 'plugin-inventory' }],
      mayCutOff: false,
    });
  },
};
