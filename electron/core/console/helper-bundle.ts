import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The helper that this console carries, to be put on nodes. */
export interface HelperBundle {
  /** The program, one JavaScript file. */
  file: string;
  /** SHA-256 of `file`, 64 hex digits. */
  sha256: string;
  /** Folder with the policy of polkit and the unit for the boot. */
  assets: string;
  /** The Node.js that goes with it, and for which machines it is, as uname(1) says it; null when there is none at hand. */
  runtime: { file: string; machine: string } | null;
}

const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * Finds the helper beside the built console, or in the checkout.
 * @param here a folder of this program: one below `dist`, or anywhere in a checkout
 * @returns null when nothing was built
 */
export function findHelperBundle(here: string = import.meta.dirname): HelperBundle | null {
  for (const up of ['..', '../..', '../../..', '../../../..']) {
    for (const folder of [join(here, up, 'helper'), join(here, up, 'dist', 'helper')]) {
      const file = join(folder, 'swarmkeep-helper.mjs');
      if (!existsSync(file)) continue;
      const assets = [
        folder,
        ...['..', '../..', '../../..', '../../../..'].map((to) => join(here, to, 'assets/linux')),
      ];
      const found = assets.find((path) => existsSync(join(path, 'org.swarmkeep.helper.policy')));
      if (found === undefined) continue;
      const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
      return { file, sha256, assets: found, runtime: findRuntime(here) };
    }
  }
  return null;
}

/** The Node.js that runs this console, unless Electron does; then the one that lies beside it. */
function findRuntime(here: string): HelperBundle['runtime'] {
  const machine = MACHINES[process.arch];
  if (machine === undefined || process.platform !== 'linux') return null;
  if (process.versions.electron === undefined) return { file: process.execPath, machine };
  const name = `node-linux-${process.arch}/bin/node`;
  const places = ['..', '../..', '../../..'].flatMap((up) => [
    join(here, up, 'helper', 'node'),
    join(here, up, 'node_modules', name),
  ]);
  const file = places.find((path) => existsSync(path));
  return file === undefined ? null : { file, machine };
}

/** @returns SHA-256 of a large file, 64 hex digits */
export async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
