import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, PROGRAM_FOLDERS } from '../machine.ts';
import { close, openFolder, reopenForReading } from '../walk/descriptor.ts';
import { copyInto } from './tar-copy.ts';

const isRoot = process.getuid?.() === 0;
const AGENT = 61_500;
const AMOUNT = { entries: 8, bytes: 1_024 };
const machine: Machine = {
  stateFolder: '/nowhere',
  ownFolder: '/nowhere',
  programFolders: PROGRAM_FOLDERS,
  systemd: false,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-copy-'));
  chmodSync(folder, 0o755);
  for (const name of ['tree', 'into']) mkdirSync(join(folder, name), { mode: 0o700 });
  own('tree', AGENT);
  file('tree/own', 'mine', AGENT);
});
afterEach(() => rmSync(folder, { recursive: true }));

const own = (name: string, uid: number) => chownSync(join(folder, name), uid, uid);
function file(name: string, text: string, uid: number, mode = 0o600): void {
  writeFileSync(join(folder, name), text, { mode });
  own(name, uid);
}
function copy(reader: number): void {
  const tree = openFolder(join(folder, 'tree'));
  const from = reopenForReading(tree);
  const to = openFolder(join(folder, 'into'));
  try {
    copyInto(machine, from, to, { uid: AGENT + 1, gid: AGENT + 1 }, AMOUNT, reader);
  } finally {
    close(tree, from, to);
  }
}

describe.skipIf(!isRoot)(`a copy${isRoot ? '' : ' (only root can hold it to this)'}`, () => {
  it('takes what the owner can read, however closed it is to others', () => {
    copy(AGENT);
    expect(readFileSync(join(folder, 'into', 'own'), 'utf8')).toBe('mine');
    expect(statSync(join(folder, 'into', 'own'))).toMatchObject({ uid: AGENT + 1, gid: AGENT + 1 });
  });

  it.each([
    ['root alone', 0, 0o600],
    ['the group of root', 0, 0o640],
    ['a third account', AGENT + 7, 0o640],
  ])('reads nothing of %s that was laid into the tree after it was listed', (_whose, uid, mode) => {
    file('tree/laid', 'the hash of a password', uid, mode);
    expect(() => copy(AGENT)).toThrow(/could not copy everything/);
  });
});
