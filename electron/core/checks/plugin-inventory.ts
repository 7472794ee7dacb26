import { chainOf } from './access.ts';
import type { Check } from './check.ts';
import { conclude } from './conclude.ts';
import {
  AS_ADMINISTRATOR,
  declaredReason,
  filesByPath,
  gapParts,
  isMissing,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unseenPart,
} from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand } from './steps.ts';
import { withoutMycoswarm } from './without-mycoswarm.ts';

/** Plugins are what the operator accepted, name and content, and nothing else. */
export const pluginInventory: Check = {
  id: 'plugin-inventory',
  run(input) {
    const absent = withoutMycoswarm('plugin-inventory', input);
    if (absent !== null) return absent;
    const node = input.nodeName;
    const source = sourceOf(input, 'mycoswarm');
    const facts = seen(input, 'mycoswarm');
    const hidden = unseenPart(input, 'mycoswarm');
    const parts: Part[] = hidden === null ? [] : [hidden];
    for (const instance of facts === null ? [] : input.facts.profile.instances) {
      const label = labelOf(input, instance);
      const plugins = (facts?.plugins ?? []).filter((plugin) => plugin.instance === instance.id);
      for (const plugin of plugins) {
        const what = `${label}${plugin.path}, ${plugin.files} ${plugin.files === 1 ? 'file' : 'files'}`;
        const accepted = input.declarations.filter(
          (entry) => entry.kind === 'plugin' && entry.value.startsWith(`${plugin.name}@`),
        );
        if (plugin.digest === null) {
          parts.push(
            notSeen(
              input,
              what,
              'could not be compared whole: a file is closed, over 32 MiB or no regular file, a link leads out of it, or there are more than 4,096 files',
              source,
              AS_ADMINISTRATOR,
            ),
          );
          continue;
        }
        const value = `${plugin.name}@${plugin.digest}`;
        const reason = declaredReason(input, 'plugin', value);
        if (reason !== null) {
          parts.push({
            what,
            seen: `accepted: ${reason}`,
            status: 'pass',
            source,
            raw: value,
            declared: `plugin ${plugin.name}: ${reason}`,
          });
          continue;
        }
        const wasChanged = accepted.length > 0;
        parts.push({
          what,
          seen: wasChanged ? 'not the content that was accepted' : 'nobody has accepted it',
          status: wasChanged ? 'fix' : 'review',
          severity: wasChanged ? 'high' : 'medium',
          source,
          raw: value,
          headline: wasChanged
            ? `The plugin ${plugin.name} on ${node} was changed since it was accepted.`
            : `${node} has a plugin that nobody has accepted, ${plugin.name}.`,
          declarable: { kind: 'plugin', value },
          steps: [
            asRoot(
              input,
              'Read what it does before you decide',
            )`find ${plugin.path} -type f -exec head -n 200 '{}' +`,
            byHand(`If it is meant, accept ${plugin.name} in Swarmkeep; its content is remembered.`),
            asRoot(
              input,
              'If it is not, take it out of the folder and keep it for a look later',
            )`mv -- ${plugin.path} ${`/root/${plugin.name}.removed`}`,
            ...(instance.unit === null
              ? []
              : [
                  asRoot(
                    input,
                    'Restart mycoSwarm, which has loaded it already',
                  )`systemctl restart -- ${instance.unit}`,
                ]),
          ],
        });
      }
      if (plugins.length > 0) continue;
      const folder = instance.configurationFolder === null ? null : `${instance.configurationFolder}/plugins`;
      const tree = seen(input, 'files')?.trees.find(
        (entry) => entry.purpose === 'plugins' && entry.instance === instance.id,
      );
      // Python follows a link, and the look at plugins does not.
      const isLinked = chainOf(folder ?? '/')
        .slice(-3)
        .some((path) => filesByPath(input).get(path)?.kind === 'link');
      const wasSeen =
        folder !== null &&
        !isLinked &&
        (isMissing(input, folder) ||
          isMissing(input, folder.replace(/\/plugins$/, '')) ||
          (tree?.exists && tree.complete && tree.unreadableCount === 0) ||
          (tree === undefined && filesByPath(input).has(folder)));
      parts.push(
        wasSeen
          ? { what: `${label}${folder}`, seen: 'no plugin', status: 'pass', source }
          : notSeen(
              input,
              `${label}${folder ?? 'folder of plugins'}`,
              isLinked ? 'reached through a link, which is not followed' : 'could not be looked into',
              source,
              AS_ADMINISTRATOR,
            ),
      );
    }
    parts.push(...gapParts(input, 'mycoswarm', (what) => /plugin/i.test(what)));
    return conclude('plugin-inventory', input, parts, {
      pass: parts.some(({ status, seen: words }) => status === 'pass' && words !== 'no plugin')
        ? `Every plugin on ${node} is one that you accepted.`
        : `There is no plugin on ${node}.`,
      detail: {
        fix: 'A plugin is loaded at every start, with all that mycoSwarm may do. Bytecode in __pycache__ counts as content, for Python runs it; in a folder that mycoSwarm cannot write none appears.',
        review:
          'A plugin is loaded at every start, with all that mycoSwarm may do. Only you can say whether you put it there.',
      },
      wouldChange: {
        pass: 'A new plugin, or one whose content changes, would change this.',
        otherwise: 'Accepting each plugin after a look at it, or taking it away, would make this fine.',
      },
    });
  },
};
