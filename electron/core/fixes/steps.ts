import { seen } from '#core/checks/knowledge.ts';
import type { Ownership } from '#shared/domain/helper/targets.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { PlanStep, StepPreview } from '#shared/domain/plan.ts';
import { shortened, visible, visibleLines } from '#shared/domain/text.ts';
import { expectedAt, isPreview, isWritten, stateAt } from './at-path.ts';
import type { FixInput } from './fix.ts';

/** Seconds that a Python daemon with its models takes to start again; measured 8 to 11 on small machines. */
export const DAEMON_RESTART_SECONDS = 11;

/** What every step may say besides what it does. */
interface More {
  phase?: PlanStep['phase'];
  undo?: string;
  /** False: what was made is left where it is when the plan is taken back, and `undo` says so. */
  undoable?: boolean;
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

const MOST_TEXT = 262_144;

/** `root:mycoswarm 0750`, by name where the node has one. */
export function ownerWords(input: FixInput, { uid, gid, mode }: Ownership): string {
  const accounts = seen(input, 'accounts');
  const user = accounts?.accounts.find((entry) => entry.uid === uid)?.name ?? String(uid);
  const group = accounts?.groups?.find((entry) => entry.gid === gid)?.name ?? String(gid);
  return shortened(visible(`${uid === 0 ? 'root' : user}:${gid === 0 ? 'root' : group} ${octal(mode)}`), 256);
}

/** One step: title and preview are made safe to show, the action stays as it is. */
export function step(
  input: FixInput,
  title: string,
  action: HelperAction,
  preview: StepPreview,
  more: Partial<Omit<PlanStep, 'check' | 'title' | 'action' | 'preview'>> & { undo: string },
): PlanStep {
  return {
    check: input.finding.check,
    title: shortened(visible(title), 512),
    phase: 'now',
    action,
    preview,
    needs: ['root'],
    interrupts: null,
    undoable: true,
    ...more,
    undo: shortened(visible(more.undo), 512),
  };
}

/** A command as a person would type it, for the preview of a step. */
export function typed(...words: string[]): StepPreview {
  return { kind: 'command', arguments: words };
}

/** A thing to be said in words, for the preview of a step that is no single command. */
export function said(text: string): StepPreview {
  return { kind: 'words', text: shortened(visible(text), 1_024) };
}

/** A text file as the preview shows it: nothing hidden in it. */
/** @returns text as a preview shows it */
export function shownText(text: string | null): string | null {
  return text === null ? null : shortened(visibleLines(text), MOST_TEXT);
}

/**
 * Writes a file of the administrator's, whole. Nothing when it is there already with exactly this text and ownership.
 * @param file.mode permission bits; `file.gid` is root's unless given
 */
export function writeFile(
  input: FixInput,
  title: string,
  file: { path: string; text: string; mode?: number; uid?: number; gid?: number },
  more: More = {},
): PlanStep[] {
  const { path, text } = file;
  const own = { uid: file.uid ?? 0, gid: file.gid ?? 0, mode: file.mode ?? 0o644 };
  if (isWritten(input, path, text, own)) return [];
  const before = stateAt(input, path);
  const shown = visible(path);
  return [
    step(
      input,
      title,
      {
        verb: 'write-file',
        path,
        contents: Buffer.from(text, 'utf8').toString('base64'),
        ...own,
        expect: expectedAt(input, path),
      },
      {
        kind: 'file',
        path,
        before: before?.kind === 'file' ? shownText(before.text) : null,
        after: shownText(text),
        attributes: ownerWords(input, own),
      },
      {
        undo:
          before?.kind === 'file' ? `${shown} gets back what was in it.` : `${shown} is taken away again.`,
        ...more,
      },
    ),
  ];
}

/**
 * Makes one folder. Nothing when there is one already: a folder that others made is not given other owners by the way.
 */
export function makeDirectory(
  input: FixInput,
  title: string,
  folder: { path: string; mode?: number; uid?: number; gid?: number },
  more: More = {},
): PlanStep[] {
  const { path } = folder;
  if (stateAt(input, path)?.kind === 'directory') return [];
  const own = { uid: folder.uid ?? 0, gid: folder.gid ?? 0, mode: folder.mode ?? 0o755 };
  return [
    step(
      input,
      title,
      { verb: 'make-directory', path, ...own, expect: expectedAt(input, path) },
      {
        kind: 'attributes',
        path,
        before: isPreview(input) ? 'not looked at yet; made only where it is not there' : 'not there',
        after: ownerWords(input, own),
      },
      { undo: `${visible(path)} is taken away again if nothing else was put into it.`, ...more },
    ),
  ];
}

/** Gives one file or folder another owner, group and mode. Nothing when it has them already. */
export function setAttributes(
  input: FixInput,
  title: string,
  path: string,
  before: Ownership,
  after: Ownership,
  more: More = {},
): PlanStep[] {
  if (before.uid === after.uid && before.gid === after.gid && before.mode === after.mode) return [];
  return [
    step(
      input,
      title,
      { verb: 'set-attributes', path, ...after, expect: expectedAt(input, path) },
      {
        kind: 'attributes',
        path,
        before: ownerWords(input, before),
        after: ownerWords(input, after),
      },
      { undo: `${visible(path)} gets back its owner, group and mode.`, ...more },
    ),
  ];
}

/** Starts a unit, or starts it again; its settings are read before. */
export function restartUnit(
  input: FixInput,
  unit: string,
  seconds: number,
  why: string,
  more: More & { reread?: boolean } = {},
): PlanStep {
  const { reread = true, ...rest } = more;
  return step(
    input,
    `Restart ${unit}: ${why}`,
    { verb: 'set-unit', unit, action: 'restart', reread },
    typed('systemctl', 'restart', '--', unit),
    {
      needs: ['root', 'restart'],
      interrupts: { what: shortened(visible(unit), 256), seconds },
      undo: `${unit} is restarted again, after its settings are as they were.`,
      ...rest,
    },
  );
}

/**
 * Stands before steps that write settings: does nothing now, and brings the old ones into force when the plan is taken back,
 * which is done newest first.
 */
export function afterUndo(
  input: FixInput,
  then: {
    rereadUnits?: boolean;
    loadAuditRules?: boolean;
    units?: readonly { unit: string; action: 'restart' | 'reload' }[];
  },
  more: Pick<More, 'phase'> = {},
): PlanStep {
  const { rereadUnits = false, loadAuditRules = false, units = [] } = then;
  const words = [
    ...(rereadUnits ? ['systemd reads its units again'] : []),
    ...(loadAuditRules ? ['the audit rules are loaded again'] : []),
    ...units.map(({ unit, action }) => `${unit} is ${action === 'restart' ? 'restarted' : 'reloaded'}`),
  ].join(', ');
  return step(
    input,
    'Remember what has to happen when this is taken back',
    { verb: 'after-undo', rereadUnits, loadAuditRules, units: [...units] },
    said(`Nothing now. When the change is taken back, at its end: ${words}.`),
    { undo: `At the end ${words}.`, ...more },
  );
}

/** Lets systemd read units again, when they were written and when that is taken back. */
export function rereadUnits(input: FixInput, more: More = {}): PlanStep {
  return step(
    input,
    'Let systemd read its units',
    { verb: 'reread-units' },
    typed('systemctl', 'daemon-reload'),
    { undo: 'systemd reads its units again.', ...more },
  );
}
