import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FileDeed } from '#shared/domain/incident/workspace.ts';
import { blankInstance, type Profile } from '#shared/domain/profile.ts';

/** A change that was made on purpose: paths are one character a byte, as the file system has them. */
export interface Seed {
  path: string;
  deeds: FileDeed[];
  forged: boolean;
}

/** @returns the profile of an installation whose home is this folder */
export function seededProfile(home: string): Profile {
  const instance = {
    ...blankInstance('mycoswarm.service', 'systemd'),
    home,
    configurationFolder: join(home, '.config/mycoswarm'),
    workspace: join(home, 'workspace'),
  };
  return { instances: [instance], corrected: [] };
}

const folderOf = (at: number): string => `workspace/d${at % 100}/e${at % 7}`;
const fileOf = (home: string, at: number): string => join(home, folderOf(at), `f${at}`);

/** Names that are hard on whoever reads lists: line ends, controls, right-to-left, no UTF-8, what looks like a record of ours. */
export const ODD_NAMES = [
  'a\nb',
  '\u001b[2Jx',
  '\u202egnp.exe',
  '@end:0',
  '@f:3',
  ' -> x',
  '-rf',
  "q'$(x)`",
  'end',
];

/** Makes a home with so many files, a plugin and start files. */
export function makeTree(home: string, files: number): void {
  const configuration = join(home, '.config/mycoswarm');
  mkdirSync(join(configuration, 'plugins/notes'), { recursive: true });
  writeFileSync(join(configuration, 'plugins/notes/handler.py'), 'print(1)\n');
  writeFileSync(join(home, '.bashrc'), 'true\n');
  for (let at = 0; at < 700; at += 1) mkdirSync(join(home, folderOf(at)), { recursive: true });
  for (let at = 0; at < files; at += 1) writeFileSync(fileOf(home, at), `content ${at}\n`);
  mkdirSync(join(home, 'workspace/odd'), { recursive: true });
  for (const name of ODD_NAMES) writeFileSync(join(home, 'workspace/odd', name), 'odd');
  writeFileSync(Buffer.from(join(home, 'workspace/odd/\xff\xfe'), 'latin1'), 'bytes');
}

/**
 * Makes `count` changes of all kinds, each in a file of its own, and a plugin.
 * @returns what was changed
 */
export function seedChanges(home: string, count: number, files: number): Seed[] {
  const seeds: Seed[] = [];
  const step = Math.floor(files / count);
  for (let n = 0; n < count - 4; n += 1) {
    const path = fileOf(home, n * step);
    seeds.push(change(n, path));
  }
  const plugin = join(home, '.config/mycoswarm/plugins/notes/handler.py');
  writeFileSync(plugin, 'import os\n');
  seeds.push({ path: plugin, deeds: ['changed'], forged: false });
  const start = join(home, '.bashrc');
  writeFileSync(start, 'false\n');
  seeds.push({ path: start, deeds: ['changed'], forged: false });
  const odd = join(home, 'workspace/odd/a\nb');
  writeFileSync(odd, 'even');
  seeds.push({ path: odd, deeds: ['changed'], forged: false });
  const bytes = Buffer.from(join(home, 'workspace/odd/\xff\xfe'), 'latin1');
  rmSync(bytes);
  seeds.push({ path: bytes.toString('latin1'), deeds: ['deleted'], forged: false });
  return seeds;
}

function change(n: number, path: string): Seed {
  const before = lstatSync(path);
  switch (n % 8) {
    case 0:
      writeFileSync(path, 'another content\n');
      return { path, deeds: ['changed'], forged: false };
    case 1:
      // The same length, and its time set back.
      writeFileSync(path, 'x'.repeat(before.size));
      utimesSync(path, before.atime, before.mtime);
      return { path, deeds: ['changed'], forged: true };
    case 2:
      rmSync(path);
      return { path, deeds: ['deleted'], forged: false };
    case 3:
      chmodSync(path, 0o4755);
      return { path, deeds: ['mode'], forged: false };
    case 4:
      chownSync(path, 64_111, before.gid);
      return { path, deeds: ['owner'], forged: false };
    case 5:
      rmSync(path);
      symlinkSync('/etc/shadow', path);
      return { path, deeds: ['kind'], forged: false };
    case 6:
      writeFileSync(`${path}.new`, 'made\n');
      return { path: `${path}.new`, deeds: ['created'], forged: false };
    default:
      // Another file in its place, with the time of the old one.
      writeFileSync(`${path}~`, 'y'.repeat(before.size));
      utimesSync(`${path}~`, before.atime, before.mtime);
      renameSync(`${path}~`, path);
      return { path, deeds: ['changed'], forged: true };
  }
}
