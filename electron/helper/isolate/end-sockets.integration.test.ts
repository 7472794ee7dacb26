import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Machine } from '../machine.ts';
import { endSockets } from './end-sockets.ts';

const LINE = 'tcp ESTAB 0 0 10.0.0.1:40000 10.0.0.2:80 ino:1 sk:2 <->';
const ALL = { scope: 'node', ways: [], accounts: [] } as const;

describe.skipIf(process.getuid?.() !== 0)('the end of open connections', () => {
  let folder = '';
  let machine: Machine;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-ss-'));
    machine = { stateFolder: folder, ownFolder: folder, programFolders: [folder], systemd: false };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A stand-in for ss(8): what it does when it lists, and when it is told to end connections. */
  const standIn = (list: string, kill = 'exit 0') => {
    const path = join(folder, 'ss');
    writeFileSync(path, `#!/bin/sh\ncase $1 in -K) : > ${folder}/killed; ${kill};; *) ${list};; esac\n`);
    chmodSync(path, 0o755);
  };

  it('is told when it was seen', () => {
    standIn(`[ -e ${folder}/killed ] || echo '${LINE}'`);
    expect(endSockets(machine, ALL)).toEqual({ ended: 1, left: 0, leftWhy: '' });
  });

  it('is never told where ss failed, was cut short or is not there', () => {
    for (const list of ['exit 1', `echo '${LINE}'; exit 1`, 'head -c 9000000 /dev/zero']) {
      standIn(list);
      const { ended, left, leftWhy } = endSockets(machine, ALL);
      expect({ ended, why: leftWhy }, list).toEqual({
        ended: 0,
        why: expect.stringContaining('may be left'),
      });
      expect(left).toBeGreaterThan(0);
    }
    rmSync(join(folder, 'ss'));
    expect(endSockets(machine, ALL)).toMatchObject({ ended: 0, left: 1 });
  });

  it('says why connections are left', () => {
    standIn(`echo '${LINE}'`);
    expect(endSockets(machine, ALL)).toMatchObject({
      ended: 0,
      left: 1,
      leftWhy: expect.stringContaining('kernel'),
    });
    standIn(`echo '${LINE}'`, 'exit 255');
    expect(endSockets(machine, ALL)).toMatchObject({
      left: 1,
      leftWhy: expect.stringContaining('ss did not'),
    });
  });
});
