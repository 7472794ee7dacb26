import { quote } from '#core/hosts/quote.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { HELPER_STATE_FOLDER } from '#shared/domain/helper/state-folder.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { standingSteps } from './undo-order.ts';

/**
 * Folders in which nobody but root can put another file, or a link, in the place of one. Anywhere else a command of root's that names a
 * path could be led to another file between the look and the command: there the helper's own undo, which walks by descriptors, is the way.
 */
const ROOTS_OWN = /^\/(?:etc|usr)\//;

/** @returns whether all that a step names lies where only root can change names, so that a command of root's can be offered for it */
export function namesRootsOwn(action: HelperAction): boolean {
  if ('path' in action && !ROOTS_OWN.test(action.path)) return false;
  return !('from' in action) || ROOTS_OWN.test(action.from);
}

/** @returns what is still on the node of a change that came to a stop, newest first, with the command that takes each back */
export function leftBehind(change: StoredChange): AppliedChange['left'] {
  const { purpose, access } = change.plan;
  if (change.state !== 'stuck' || (purpose !== 'fix' && purpose !== 'redo')) return undefined;
  return standingSteps(change).flatMap((number) => {
    const step = change.plan.steps[number];
    const stored = change.steps[number];
    if (step === undefined || stored === undefined) return [];
    const record = `${HELPER_STATE_FOLDER}/changes/${stored.heldChange ?? change.id}/${stored.heldStep ?? number}`;
    return [
      {
        step: number,
        title: step.title,
        why: stored.message,
        undo: step.undo,
        byHand:
          step.action === null || !namesRootsOwn(step.action)
            ? null
            : commandBack(step.action, record, access.via === 'root'),
      },
    ];
  });
}

/**
 * The command by which a person takes one step back without the helper, as a line of POSIX sh; what was there before lies in the
 * undo record of the step (GNU tar, with access lists and attributes).
 * @param record folder of the undo record on the node
 * @param isRoot the commands are typed as root, else they begin with sudo
 * @returns null where what was there before is known to the record only, or a name cannot be written safely
 */
export function commandBack(action: HelperAction, record: string, isRoot: boolean): string | null {
  const words = wordsBack(action, record);
  if (words === null || words.length === 0) return null;
  const lines = words.map((command) => command.map(quote));
  if (lines.flat().some((word) => !word.ok)) return null;
  const prefix = isRoot ? '' : 'sudo ';
  return lines
    .map((command) => `${prefix}${command.map((word) => (word.ok ? word.text : '')).join(' ')}`)
    .join(' && ');
}

function wordsBack(action: HelperAction, record: string): string[][] | null {
  switch (action.verb) {
    case 'write-file':
      return action.expect.kind === 'absent'
        ? [['rm', '--', action.path]]
        : action.expect.kind === 'file'
          ? restored(action.path, record)
          : null;
    case 'remove-file':
    case 'remove-lines':
      return action.expect.kind === 'file' ? restored(action.path, record) : null;
    case 'make-directory':
      return action.expect.kind === 'absent' ? [['rmdir', '--', action.path]] : null;
    case 'set-attributes': {
      const { expect, path } = action;
      if (expect.kind !== 'file' && expect.kind !== 'directory') return null;
      // Changing hands takes setuid and setgid away, so the mode comes last (chown(2)).
      return [
        ['chown', `${expect.uid}:${expect.gid}`, '--', path],
        ['chmod', expect.mode.toString(8).padStart(4, '0'), '--', path],
      ];
    }
    case 'move':
      return [['mv', '-n', '-T', '--', action.path, action.from]];
    case 'reread-units':
      return [['systemctl', 'daemon-reload']];
    case 'load-audit-rules':
      return [['augenrules', '--load']];
    case 'load-apparmor-profile':
      return [['apparmor_parser', '-R', '--', action.path]];
    case 'load-table':
      return [['nft', 'delete', 'table', action.table.family, action.table.name]];
    case 'set-link':
      return [['ip', 'link', 'set', 'dev', action.interface, action.up ? 'down' : 'up']];
    case 'after-undo':
      return [
        ...(action.rereadUnits ? [['systemctl', 'daemon-reload']] : []),
        ...(action.loadAuditRules ? [['augenrules', '--load']] : []),
        ...action.units.map(({ unit, action: what }) => ['systemctl', what, '--', unit]),
      ];
    default:
      return null;
  }
}

/** The kept file is unpacked beside its record, which only root can reach, and moved from there with all that belongs to it. */
function restored(path: string, record: string): string[][] {
  const keep = ['--acls', '--xattrs', '--xattrs-include=*', '--numeric-owner'];
  return [
    ['tar', '-x', '-p', ...keep, '-C', record, '-f', `${record}/entry.tar`],
    ['mv', '-T', '--', `${record}/entry`, path],
  ];
}
