import { declaredReason, seen } from '#core/checks/knowledge.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { shortened, visible, visibleLines } from '#shared/domain/text.ts';
import { expectedAt, isPreview, obstacleAt, sha256Of, stateAt } from './at-path.ts';
import { systemUnit } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { afterUndo, DAEMON_RESTART_SECONDS, restartUnit, step } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** Keys in one file that nobody declared. */
interface KeyFile {
  path: string;
  names: readonly string[];
  /** Read by the units of mycoSwarm when they start. */
  isOfUnit: boolean;
}

/** Files in which single lines can be taken out and what is left stays whole. */
const OF_LINES = /\.(json|jsonl|xml|plist|db|sqlite3?)$/i;

function keyFiles(input: Known): KeyFile[] {
  const files = new Map<string, KeyFile>();
  for (const { name, kind, place } of seen(input, 'credentials')?.found ?? []) {
    if (kind === 'environment' || !place.startsWith('/')) continue;
    if (declaredReason(input, 'provider-key', `${name} @ ${place}`) !== null) continue;
    const known = files.get(place);
    files.set(place, {
      path: place,
      names: [...new Set([...(known?.names ?? []), name])],
      isOfUnit: (known?.isOfUnit ?? false) || kind === 'unit',
    });
  }
  return [...files.values()];
}

/** Whether a line holds one of these keys: its name as a word, or the fixed beginning of a bare value (`AKIA…`). */
function holdsKey(line: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const beginning = name.replace(/…$/, '');
    const at = line.indexOf(beginning);
    if (at < 0) return false;
    const before = line[at - 1] ?? '';
    const after = line[at + beginning.length] ?? '';
    return !/[A-Za-z0-9_]/.test(before) && (beginning !== name || !/[A-Za-z0-9_]/.test(after));
  });
}

/** Numbers of the lines that go, their hashes, and how the rest reads with every value masked. */
function linesOf(text: string, names: readonly string[]): { hashes: string[]; masked: string[] } {
  const lines = text.split('\n').filter((line) => holdsKey(line, names));
  // Anything else on the line can be another secret: only a line that is one assignment to a found name shows that name.
  const shown = (line: string) => {
    const [, before, name = ''] =
      /^(\s*(?:export\s+|Environment=\s*"?)?)([A-Za-z_][A-Za-z0-9_]*)=\S*$/.exec(line) ?? [];
    return before !== undefined && names.includes(name) ? `${before}${name}=••••••••` : '••••••••';
  };
  return {
    hashes: [...new Set(lines.map(sha256Of))],
    masked: lines.map(shown),
  };
}

function removeStep(input: FixInput, { path, names }: KeyFile): PlanStep[] {
  const state = stateAt(input, path);
  const text = state?.kind === 'file' ? (state.text ?? '') : '';
  const { hashes, masked } = linesOf(text, names);
  if (hashes.length === 0 && !isPreview(input)) return [];
  return [
    step(
      input,
      `Take ${names.length === 1 ? 'the key' : 'the keys'} ${names.join(', ')} out of ${path}; nothing of it is shown`,
      {
        verb: 'remove-lines',
        path,
        // A preview has not read the file: this hash fits no line, and it is not carried out.
        lines: hashes.length === 0 ? [sha256Of('')] : hashes.slice(0, 256),
        expect: expectedAt(input, path),
      },
      {
        kind: 'file',
        path,
        before: shortened(visibleLines(masked.join('\n')), 262_144),
        after: '',
        attributes: `${hashes.length} ${hashes.length === 1 ? 'line goes' : 'lines go'}; the rest of the file stays as it is`,
      },
      {
        undo: `${visible(path)} gets its lines back from a sealed copy that only the administrator can read.`,
      },
    ),
  ];
}

/** Takes keys of providers out of files within reach of the agent. They have to be revoked all the same. */
export const cloudApiKeysFix: Fix = {
  check: 'cloud-api-keys',
  words:
    'Takes the lines with keys of providers out of files, keeping a sealed copy. Revoke the keys all the same.',
  after: [],
  targets: (input) => keyFiles(input).map(({ path }) => ({ path, text: true })),
  plan: (input) => {
    const offered = whyNotOffered(input, ['credentials']);
    if (offered !== null) return notAutomatic(offered);
    const all = keyFiles(input);
    const files = all.filter(({ path }) => !OF_LINES.test(path));
    if (files.length === 0)
      return notAutomatic(
        all.length > 0
          ? `In ${visible(all[0]?.path ?? '')} a key is part of a structure that would break if a line went. Take it out by hand, and revoke it.`
          : 'The key is in the environment of a running program, and what puts it there was not seen. Find that by the steps of the finding, and revoke the key.',
      );
    const blocked = obstacleAt(
      input,
      files.map(({ path }) => ({ path, kind: 'file', there: true })),
    );
    if (blocked !== null) return notAutomatic(blocked);
    const unread = files.find(({ path }) => {
      const state = stateAt(input, path);
      return state?.kind === 'file' && state.text === null;
    });
    if (unread !== undefined)
      return notAutomatic(
        `${visible(unread.path)} is no text, or too long to be read whole. Take the key out by hand, and revoke it.`,
      );
    const units = files.some(({ isOfUnit }) => isOfUnit) ? unitsOf(input) : [];
    const removals = files.flatMap((file) => removeStep(input, file));
    if (removals.length === 0)
      return notAutomatic('The keys are not in these files any more. Look at this node again.');
    return planned({
      title: 'Take keys of providers out of the reach of mycoSwarm',
      settings: files.map(({ path, names }) => ({
        check: 'cloud-api-keys',
        setting: `${names.join(', ')} in ${path}`,
        from: 'in reach of the agent',
        to: 'gone from the file. The agent may have read it already: revoke the key at its provider, and make a new one only where it is needed',
        takesEffect:
          units.length > 0
            ? 'when mycoSwarm is restarted, which this does'
            : 'for programs that are started from now on',
        recover: 'Undo this change in Activity; the lines come back as they were',
      })),
      steps: [
        ...(units.length === 0
          ? []
          : [
              afterUndo(input, {
                rereadUnits: true,
                units: units.map((unit) => ({ unit, action: 'restart' })),
              }),
            ]),
        ...removals,
        ...units.map((unit) =>
          restartUnit(
            input,
            unit,
            DAEMON_RESTART_SECONDS,
            'it then runs without the key; tasks that are running are lost',
          ),
        ),
      ],
      proofs: [{ kind: 'check', check: 'cloud-api-keys' }],
      mayCutOff: false,
    });
  },
};

function unitsOf(input: Known): string[] {
  return input.facts.profile.instances.flatMap((instance) => {
    const found = systemUnit(input, instance);
    return found.ok ? [found.unit.name] : [];
  });
}
