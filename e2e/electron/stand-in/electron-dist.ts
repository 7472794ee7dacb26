import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where @electron/fuses looks in a binary, and how the wire behind it begins: version 1, then its length. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const VERSION = 1;
/** States of the nine fuses of Electron 45 as its binary ships: 0 off, 1 on. */
export const SHIPPED_WIRE = '101100011';

/**
 * Make a stand-in for a folder of Electron for Linux. Its binary runs nothing; it carries the wire of fuses, which
 * electron-builder's hook sets and a test reads back.
 * @param wire of another length, for a binary that has more or fewer fuses than we know
 */
export function makeElectronDist(folder: string, wire = SHIPPED_WIRE): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'), { recursive: true });
  const binary = Buffer.concat([
    Buffer.from('#!/bin/false\nA stand-in for the Electron binary.\n'),
    Buffer.from(SENTINEL, 'latin1'),
    Buffer.from([VERSION, wire.length]),
    Buffer.from(wire, 'latin1'),
    Buffer.from('\nend\n'),
  ]);
  writeFileSync(join(folder, 'electron'), binary, { mode: 0o755 });
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
  for (const name of ['chrome-sandbox', 'LICENSE', 'LICENSES.chromium.html', 'version', 'icudtl.dat'])
    writeFileSync(join(folder, name), `stand-in for ${name}\n`);
}
