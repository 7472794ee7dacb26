import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';

/** What lies at one place of a fake node: contents of a file, or the state of a unit. Absent when there is no entry. */
type Things = Record<string, string>;

interface FakeStep {
  verb: string;
  place: string;
  before: string | null;
  left: string;
  gone: boolean;
  state: 'begun' | 'done' | 'undone';
  /** Taking it back has begun: what is there may be either. */
  undoing?: boolean;
}

interface FakeChange {
  at: string;
  armedUntil: string | null;
  confirmed: boolean;
  reverted: boolean;
  steps: Record<number, FakeStep>;
}

/** A machine that is none: files and units as texts, with the undo records that a helper would keep of them. */
export interface FakeNode {
  things: Things;
  changes: Record<string, FakeChange>;
}

/** Where a fake node is kept between two acts: in memory, or in a file that outlives a killed process. */
export interface FakePlace {
  read(): FakeNode;
  write(node: FakeNode): void;
}

/** @returns a place in memory */
export function inMemory(things: Things = {}): FakePlace {
  let kept = JSON.stringify({ things, changes: {} });
  return {
    read: () => JSON.parse(kept) as FakeNode,
    write(node) {
      kept = JSON.stringify(node);
    },
  };
}

/** @returns a place in a file; each write is one rename, as a machine loses nothing when a console is killed */
export function inFile(path: string, things: Things = {}): FakePlace {
  const place: FakePlace = {
    read: () => JSON.parse(readFileSync(path, 'utf8')) as FakeNode,
    write(node) {
      writeFileSync(`${path}.new`, JSON.stringify(node));
      renameSync(`${path}.new`, path);
    },
  };
  if (!existsSync(path)) place.write({ things, changes: {} });
  return place;
}

/** What an action does to a fake node: the place, and what is there afterwards (null: nothing). */
export function effectOf(action: HelperAction): { place: string; after: string | null } {
  switch (action.verb) {
    case 'write-file':
      return { place: action.path, after: Buffer.from(action.contents, 'base64').toString('utf8') };
    case 'remove-file':
      return { place: action.path, after: null };
    case 'set-unit':
      return { place: `unit ${action.unit}`, after: action.enabled ? 'enabled' : 'disabled' };
    default:
      // Of what only a real node can do the fake one keeps that it was done.
      return { place: `${action.verb} ${targetOf(action)}`, after: hashOf(JSON.stringify(action)) };
  }
}

function targetOf(action: HelperAction): string {
  if ('path' in action) return action.path;
  if ('interface' in action) return action.interface;
  return 'table' in action ? JSON.stringify(action.table) : '';
}

/** Whether a place is what an action expects. */
export function asExpected(action: HelperAction, present: string | null): boolean {
  if (!('expect' in action)) return true;
  const { expect } = action;
  if (expect.kind === 'any') return true;
  if (expect.kind === 'absent') return present === null;
  return expect.kind === 'file' && present !== null && expect.sha256 === hashOf(present);
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The hash of an undo record, over what it says about before. */
export function recordOf(change: string, step: number, kept: FakeStep): string {
  return hashOf(JSON.stringify([change, step, kept.verb, kept.place, kept.before]));
}
