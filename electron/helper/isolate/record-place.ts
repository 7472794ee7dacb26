import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Machine } from '../machine.ts';
import { syncPath, writeDurable } from '../record/durable.ts';
import { openStateFolder } from '../record/state-folder.ts';
import { codeOf, Refused } from '../refused.ts';

/** In memory, root only: for what must not wait for a disk, and for as long as the disk takes nothing. */
const MEMORY = '/run/swarmkeep-isolation';
const MOST_CHARACTERS = 1_048_576;
/** A disk that takes nothing (errno(3)): an agent can fill one, and must not stop its own isolation by that. */
const TAKES_NOTHING = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

const diskOf = (machine: Machine) => `${machine.stateFolder}/isolation`;

/** @returns the folder in memory, made where it is not there. Refuses `unsafe-helper` when it is not root's alone. */
export function memoryFolder(): string {
  try {
    mkdirSync(MEMORY, { mode: 0o700 });
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
  const found = lstatSync(MEMORY);
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o077) !== 0)
    throw new Refused('unsafe-helper', `${MEMORY} is not root's alone.`);
  return MEMORY;
}

/** Opens the folders of an isolation; a disk that takes nothing is no reason to refuse. Refuses `unsafe-helper`. */
export function openIsolationFolders(machine: Machine): void {
  memoryFolder();
  try {
    openStateFolder(machine);
  } catch (thrown) {
    if (!TAKES_NOTHING.has(codeOf(thrown) ?? '')) throw thrown;
  }
}

/** @returns what stands in a record, the newer one in memory first; null where there is none */
export function readText(machine: Machine, name: string): string | null {
  for (const folder of [MEMORY, diskOf(machine)]) {
    try {
      return readFileSync(`${folder}/${name}`, 'utf8').slice(0, MOST_CHARACTERS);
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') return '';
    }
  }
  return null;
}

/** Writes to memory; where that is not to be had, to the disk. */
export function writeTextFirst(machine: Machine, name: string, text: string): void {
  try {
    writeMemory(name, text);
  } catch {
    writeDisk(machine, name, text);
  }
}

/** Writes to the disk; memory keeps it where the disk takes nothing, and until it does. */
export function writeText(machine: Machine, name: string, text: string): void {
  try {
    writeDisk(machine, name, text);
  } catch (thrown) {
    if (!TAKES_NOTHING.has(codeOf(thrown) ?? '')) throw thrown;
    writeMemory(name, text);
    return;
  }
  rmSync(`${MEMORY}/${name}`, { force: true });
}

/** Whether a record lies in memory only, or is newer there. */
export const isInMemory = (name: string): boolean => namesIn(MEMORY).includes(name);

/** Brings to the disk what it did not take before. */
export function settleRecords(machine: Machine): void {
  for (const name of namesIn(MEMORY)) {
    const text = name.endsWith('.json') ? readText(machine, name) : null;
    if (text !== null && text !== '') writeText(machine, name, text);
  }
}

/** Forgets a record. */
export function removeText(machine: Machine, name: string): void {
  rmSync(`${diskOf(machine)}/${name}`, { force: true });
  rmSync(`${MEMORY}/${name}`, { force: true });
  try {
    syncPath(diskOf(machine));
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
}

/** Puts the copy of a record that was read, and could not be, aside, where a person finds it: the last one of its name is kept. */
export function putAside(machine: Machine, name: string): void {
  const folder = isInMemory(name) ? MEMORY : diskOf(machine);
  renameSync(`${folder}/${name}`, `${folder}/${name}.damaged`);
}

/** @returns names of all that is written down, each once */
export const namesOf = (machine: Machine): string[] => [
  ...new Set([...namesIn(MEMORY), ...namesIn(diskOf(machine))]),
];

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

function writeDisk(machine: Machine, name: string, text: string): void {
  try {
    mkdirSync(diskOf(machine), { mode: 0o700 });
    syncPath(machine.stateFolder);
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
  writeDurable(diskOf(machine), name, text);
}

function writeMemory(name: string, text: string): void {
  const folder = memoryFolder();
  const beside = `${folder}/.${name}.new`;
  rmSync(beside, { force: true });
  // Exclusive: what lies there already is followed nowhere.
  const descriptor = openSync(beside, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, `${folder}/${name}`);
}
