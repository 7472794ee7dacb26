import { readlinkSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import { asRefused, Refused } from '../refused.ts';
import { close, inFolder, statOf, throughDescriptor } from '../walk/descriptor.ts';
import { visitTree } from '../walk/tree.ts';
import { type Held, holdFolder, holdTarget } from '../walk/walk.ts';

/** As many as the kernel follows in one path (path_resolution(7)). */
const MAX_HOPS = 40;

/** Targets of the links of a tree by relative name, and how a target is looked up in it. Names are bytes, as Latin-1. */
class Links {
  /** Where the tree will lie: links that name this place stay in it. */
  readonly path: string;
  readonly targets = new Map<string, string>();

  constructor(top: number, path: string) {
    this.path = Buffer.from(path, 'utf8').toString('latin1');
    visitTree(top, ({ relative, stat }) => {
      if (!stat.isSymbolicLink()) return;
      const name = Buffer.concat([
        Buffer.from(`${throughDescriptor(top)}/`),
        Buffer.from(relative, 'latin1'),
      ]);
      this.targets.set(relative, readlinkSync(name, { encoding: 'buffer' }).toString('latin1'));
    });
  }

  /** Where a link leads to outside of the tree, as an absolute path; null when it stays in it. */
  outside(relative: string): string | null {
    const at: string[] = [];
    const rest = relative.split('/');
    for (let hops = 0; ; ) {
      const name = rest.shift();
      if (name === undefined) return null;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (at.pop() === undefined)
          return [this.path.slice(0, this.path.lastIndexOf('/')), ...rest].join('/');
        continue;
      }
      const target = this.targets.get([...at, name].join('/'));
      if (target === undefined) {
        at.push(name);
        continue;
      }
      if (++hops > MAX_HOPS)
        throw new Refused('unsafe-path', `${this.shown(relative)} leads round in a circle.`);
      if (target.startsWith('/')) {
        if (target !== this.path && !target.startsWith(`${this.path}/`)) return [target, ...rest].join('/');
        at.length = 0;
        rest.unshift(...target.slice(this.path.length).split('/'));
      } else rest.unshift(...target.split('/'));
    }
  }

  shown(relative: string): string {
    return Buffer.from(`${this.path}/${relative}`, 'latin1').toString('utf8');
  }
}

/**
 * Refuses `unsafe-path` for links in a held copy that will be root's own, and so trusted and followed, but lead somewhere else
 * than to an entry of the copy or to a file that nobody but root can change: never to a folder outside, through which a later
 * step would write. To be asked where nobody else can change the copy any more.
 */
export function refuseLinksOut(machine: Machine, top: number, path: string): void {
  const links = new Links(top, path);
  for (const relative of links.targets.keys()) {
    const outside = links.outside(relative);
    if (outside === null || isFileOfRoot(machine, Buffer.from(outside, 'latin1').toString('utf8'))) continue;
    throw new Refused(
      'unsafe-path',
      `${links.shown(relative)} is a link that leads out to ${outside.slice(0, 300)}, which is no file that only root can change.`,
    );
  }
}

function isFileOfRoot(machine: Machine, path: string): boolean {
  let at = path;
  for (let hops = 0; hops < MAX_HOPS; hops += 1) {
    // What ends so is a folder.
    if (/(^|\/)\.{0,2}$/.test(at)) return false;
    let held: Held | null = null;
    let place: number | null = null;
    try {
      held = holdFolder(machine, at, 'change');
      place = holdTarget(held);
      if (place === null || held.subject !== 0) return false;
      const stat = statOf(place);
      if (stat.uid !== 0n) return false;
      if (!stat.isSymbolicLink()) return stat.isFile() && (stat.mode & 0o022n) === 0n;
      const target = readlinkSync(inFolder(held.folder, held.name));
      at = target.startsWith('/') ? target : `${held.path.slice(0, held.path.lastIndexOf('/'))}/${target}`;
    } catch (thrown) {
      // Not there, forbidden, or others can change it: all the same here. What is none of these is thrown on.
      if (['not-found', 'forbidden-path', 'unsafe-path'].includes(asRefused(thrown, at).refusal))
        return false;
      throw thrown;
    } finally {
      close(place, held?.folder ?? null);
    }
  }
  return false;
}
