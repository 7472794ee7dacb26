import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is started to watch while no window is open. */
export interface BackgroundProgram {
  /** The Node.js, absolute. */
  node: string;
  /** The program of the web shell, which knows `--background`; absolute. */
  program: string;
}

/**
 * Finds the program that watches without a window: that of the web shell, beside this one, with the Node.js that runs this console,
 * or with the one that lies beside it where Electron does.
 * @param here a folder of this program: one below `dist`, or anywhere in a checkout
 * @returns null where there is none that can be started by itself: what lies in an archive of Electron cannot be
 */
export function findBackgroundProgram(here: string = import.meta.dirname): BackgroundProgram | null {
  const ups = ['..', '../..', '../../..', '../../../..'];
  if (process.platform !== 'linux' || here.split('/').includes('app.asar')) return null;
  const programs = ups.flatMap((up) =>
    ['web/main.js', 'dist/web/main.js', 'web/main.ts'].map((file) => join(here, up, file)),
  );
  const program = programs.find((file) => existsSync(file));
  const node =
    process.versions.electron === undefined
      ? process.execPath
      : ups
          .map((up) => join(here, up, `node_modules/node-linux-${process.arch}/bin/node`))
          .find((file) => existsSync(file));
  return program === undefined || node === undefined ? null : { node, program };
}
