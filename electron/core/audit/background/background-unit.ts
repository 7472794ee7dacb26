import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lstatOrNull } from '#core/store/data-folder.ts';
import { writeWhole } from '#core/store/write-whole.ts';
import { BACKGROUND_UNIT, type BackgroundWatch } from '#shared/domain/audit/background.ts';
import { visible } from '#shared/domain/text.ts';
import type { BackgroundProgram } from './background-program.ts';
import { UNIT_MARK, unitText } from './unit-text.ts';
import type { UserManager } from './user-manager.ts';

const LONGEST_UNIT = 16_384;

/** What came of switching it: the state afterwards, and why it could not be done when it could not. */
export interface Switched {
  state: BackgroundWatch;
  /** In words for people; null when it was done. */
  failed: string | null;
}

/** The unit of this account that watches while no window is open. */
export interface BackgroundUnit {
  state(): Promise<BackgroundWatch>;
  turnOn(): Promise<Switched>;
  turnOff(): Promise<Switched>;
}

export interface BackgroundUnitOptions {
  /** Null where there is none. */
  manager: UserManager | null;
  /** Null where this program cannot be started by itself. */
  program: BackgroundProgram | null;
  /** The prepared data folder. */
  dataFolder: string;
}

/** What can be said before anything is looked at. */
const NOTHING: BackgroundWatch = {
  possible: false,
  trouble: '',
  enabled: false,
  running: false,
  outdated: false,
  staysAfterLogout: null,
  file: '',
  text: '',
  commands: { on: [], off: [] },
};

const WITHOUT =
  'Logs are followed while the window is open or in the tray; `swarmkeep serve --headless` does it without one.';

/**
 * Places, starts and removes the unit. Only a file that Swarmkeep wrote is ever replaced or removed; it is written whole beside
 * its place and renamed, and every command is an argument vector.
 */
export function backgroundUnit({ manager, program, dataFolder }: BackgroundUnitOptions): BackgroundUnit {
  /** @returns where units of this account lie, as its manager says it (`UnitPath`); null when it does not answer */
  async function unitFolder(there: UserManager): Promise<{ folder: string } | { trouble: string }> {
    const answer = await there.ask('show', '--property=UnitPath', '--value');
    const folder = answer.out
      .split(/\s+/)
      .find((path) => /^\/(?!run\/|etc\/|usr\/).*\/systemd\/user$/.test(path) && path.length <= 4_096);
    if (answer.ok && folder !== undefined) return { folder };
    const said = answer.error === '' ? '' : ` It says: ${visible(answer.error).replace(/\.$/, '')}.`;
    return { trouble: said };
  }

  async function state(): Promise<BackgroundWatch> {
    if (manager === null) {
      return {
        ...NOTHING,
        trouble: `There is no systemd here, which would start it with your login. ${WITHOUT}`,
      };
    }
    if (program === null) {
      return {
        ...NOTHING,
        trouble: `This build of Swarmkeep brings no program that runs without its window. A Swarmkeep from a checkout does: close this one and run there \`swarmkeep background on\`. It watches these records while no window is open. ${WITHOUT}`,
      };
    }
    const text = unitText(program, dataFolder);
    if (text === null) {
      return {
        ...NOTHING,
        trouble: `The folder of Swarmkeep or of its records has a character in its name that a unit cannot hold. ${WITHOUT}`,
      };
    }
    const place = await unitFolder(manager);
    if ('trouble' in place) {
      return {
        ...NOTHING,
        trouble: `The systemd manager of your account does not answer (systemctl --user).${place.trouble} ${WITHOUT}`,
      };
    }
    const file = join(place.folder, BACKGROUND_UNIT);
    const there = readUnit(file);
    const base = {
      ...NOTHING,
      possible: there !== 'foreign',
      file,
      text,
      staysAfterLogout: manager.lingers(),
      commands: commandsOf(manager.program),
    };
    if (there === 'foreign') {
      return {
        ...base,
        trouble: `${file} is there already, and Swarmkeep did not write it. It is left alone.`,
      };
    }
    if (there === null) return base;
    const asked = await manager.ask('show', '--property=UnitFileState,ActiveState', BACKGROUND_UNIT);
    const says = new Map(asked.out.split('\n').map((line) => [line.split('=')[0], line.split('=')[1]]));
    const failed = says.get('ActiveState') === 'failed';
    return {
      ...base,
      enabled: says.get('UnitFileState') === 'enabled',
      running: says.get('ActiveState') === 'active',
      outdated: there !== text,
      trouble: failed
        ? `It was started and has ended with a mistake. journalctl --user -u ${BACKGROUND_UNIT} says which.`
        : there !== text
          ? 'The unit that is there starts another Swarmkeep, or one with other records. Switch it off and on to make it this one.'
          : '',
    };
  }

  async function switched(failed: string | null): Promise<Switched> {
    return { state: await state(), failed };
  }

  return {
    state,

    async turnOn() {
      const before = await state();
      if (!before.possible || manager === null) return { state: before, failed: before.trouble };
      try {
        mkdirSync(dirname(before.file), { recursive: true, mode: 0o700 });
        writeWhole(before.file, before.text, 0o644);
      } catch (error) {
        return switched(`${before.file} could not be written: ${wordsOf(error)}`);
      }
      const loaded = await manager.ask('daemon-reload');
      const enabled = loaded.ok ? await manager.ask('enable', BACKGROUND_UNIT) : loaded;
      // One that runs goes on with the program that it was started with.
      const started = enabled.ok
        ? await manager.ask(before.running ? 'restart' : 'start', BACKGROUND_UNIT)
        : enabled;
      if (started.ok) return switched(null);
      const why = visible(started.error);
      await takeAway(manager, before.file);
      return switched(`systemd did not start it, and the unit was taken away again. It says: ${why}`);
    },

    async turnOff() {
      const before = await state();
      if (manager === null || before.file === '' || readUnit(before.file) === null) {
        return { state: before, failed: null };
      }
      if (readUnit(before.file) === 'foreign') return { state: before, failed: before.trouble };
      const failed = await takeAway(manager, before.file);
      return switched(failed);
    },
  };
}

/** Disables first, so that nothing starts it again, whatever comes of the rest. @returns why not all was done */
async function takeAway(manager: UserManager, file: string): Promise<string | null> {
  const disabled = await manager.ask('disable', BACKGROUND_UNIT);
  const stopped = await manager.ask('stop', BACKGROUND_UNIT);
  try {
    rmSync(file, { force: true });
  } catch (error) {
    return `${file} could not be removed: ${wordsOf(error)}`;
  }
  await manager.ask('daemon-reload');
  await manager.ask('reset-failed', BACKGROUND_UNIT);
  const wrong = [disabled, stopped].find(({ ok }) => !ok);
  return wrong === undefined ? null : `The unit was removed, but systemd said: ${visible(wrong.error)}`;
}

function commandsOf(program: string): BackgroundWatch['commands'] {
  const run = (...words: string[]): string[] => [program, '--user', ...words];
  return {
    on: [run('daemon-reload'), run('enable', BACKGROUND_UNIT), run('start', BACKGROUND_UNIT)],
    off: [run('disable', BACKGROUND_UNIT), run('stop', BACKGROUND_UNIT), run('daemon-reload')],
  };
}

/** @returns what stands in the unit; null when there is none, `foreign` when Swarmkeep did not write it */
function readUnit(file: string): string | null {
  const stats = lstatOrNull(file);
  if (stats === null) return null;
  if (!stats.isFile() || stats.size > LONGEST_UNIT || stats.uid !== process.getuid?.()) return 'foreign';
  const text = readFileSync(file, 'utf8');
  return text.startsWith(`${UNIT_MARK}\n`) ? text : 'foreign';
}

function wordsOf(error: unknown): string {
  return visible(error instanceof Error ? error.message : String(error)).slice(0, 300);
}
