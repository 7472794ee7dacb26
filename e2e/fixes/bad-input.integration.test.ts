import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#core/console/clock.ts';
import { ChangeEngine } from '#core/fixes/engine/engine.ts';
import { hashed } from '#core/fixes/engine/testing/engine-bench.ts';
import { exampleStep } from '#core/fixes/plans/testing/example-plan.ts';
import { undoPlan } from '#core/fixes/plans/undo-plans.ts';
import { readAnswer } from '#core/hosts/helper-channel-answer.ts';
import { openStore } from '#core/store/open-store.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Store } from '#core/store/store.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { type InstalledHelper, installHelper } from '../../electron/helper/testing/install-helper.ts';

const why = whyNoTestNode();
const FIRST = '/etc/bad-input/first';
/** Everything of what a change may touch: names, owners, modes, times, flags, contents. */
const STATE = `cd /etc/bad-input; find . -printf '%p %U:%G %m %s %T@\\n' | sort; lsattr -R . 2>/dev/null | sort; cat first *.d/* 2>/dev/null
ls -A /var/lib/swarmkeep/changes 2>/dev/null; true`;

/** Nodes on which a change cannot be done, for real: each change has one step that can be done before the one that cannot. */
describe.skipIf(why !== null)(`changes that a node cannot take${why === null ? '' : ` (${why})`}`, () => {
  let helper: InstalledHelper;
  let folder: string;
  let store: Store;
  let engine: ChangeEngine;
  const sh = (script: string) => helper.node.run('sh', '-c', script);

  beforeAll(async () => {
    helper = await installHelper();
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-bad-'));
    store = await openStore({ dataFolder: folder, thread: false });
    const channel = {
      access: async () => ({ via: 'root', installed: true, outdated: false, words: '' }) as const,
      close: async () => undefined,
      ask: async (request: Parameters<typeof readAnswer>[0]) =>
        readAnswer(request, JSON.stringify(helper.ask(request)), 'miu'),
    };
    engine = new ChangeEngine({
      store,
      clock: systemClock,
      open: async () => ({ ok: true, channel }),
      verify: async () => ({ holds: true, results: [], note: '' }),
      own: async () => ({ ok: true, words: '' }),
      agreed: async () => 'agreed',
      changed: () => undefined,
      told: () => undefined,
    });
  }, 120_000);
  afterAll(async () => {
    await engine?.close();
    await store?.close();
    helper?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    sh(
      'mkdir -p -m 0755 /etc/bad-input; echo before > /etc/bad-input/first; chmod 0604 /etc/bad-input/first; chown 3:4 /etc/bad-input/first; touch -d 2020-01-02 /etc/bad-input/first /etc/bad-input',
    );
  });

  const writing = (path: string, before: string | null, text: string): HelperAction => ({
    verb: 'write-file',
    path,
    contents: Buffer.from(text).toString('base64'),
    uid: 0,
    gid: 0,
    mode: 0o640,
    expect:
      before === null
        ? { kind: 'absent' }
        : {
            kind: 'file',
            sha256: createHash('sha256').update(before).digest('hex'),
            uid: path === FIRST ? 3 : 0,
            gid: path === FIRST ? 4 : 0,
            mode: path === FIRST ? 0o604 : 0o644,
          },
  });

  async function order(plan: Plan): Promise<StoredChange> {
    await engine.apply(plan);
    await engine.idle();
    const change = await store.change({ id: plan.id });
    if (change === null) throw new Error('The change is not in the records.');
    return change;
  }

  const withFirst = (second: HelperAction): Plan => {
    const id = randomBytes(16).toString('hex');
    const steps = [writing(FIRST, 'before\n', 'after\n'), second].map((action, number) =>
      exampleStep(`step ${number}`, { title: `Step ${number}`, action }),
    );
    return hashed({ id, node: `node-${id}`, steps });
  };

  it.each<[string, string, HelperAction, RegExp, string]>([
    [
      'a read-only file system',
      'mkdir -p /etc/bad-input/ro.d; mount -t tmpfs -o mode=0755 tmpfs /etc/bad-input/ro.d; echo old > /etc/bad-input/ro.d/file; mount -o remount,ro /etc/bad-input/ro.d',
      writing('/etc/bad-input/ro.d/file', 'old\n', 'new\n'),
      /read-only|only be read|cannot be written/i,
      'umount /etc/bad-input/ro.d; rmdir /etc/bad-input/ro.d',
    ],
    [
      'a file that is marked as not to be changed',
      'mkdir -p /etc/bad-input/fixed.d; echo old > /etc/bad-input/fixed.d/file; chattr +i /etc/bad-input/fixed.d/file',
      writing('/etc/bad-input/fixed.d/file', 'old\n', 'new\n'),
      /immutable|chattr/i,
      'chattr -i /etc/bad-input/fixed.d/file; rm -r /etc/bad-input/fixed.d',
    ],
    [
      'a folder that is marked as not to be changed',
      'mkdir -p /etc/bad-input/fixed.d; chattr +i /etc/bad-input/fixed.d',
      writing('/etc/bad-input/fixed.d/file', null, 'new\n'),
      /immutable|chattr/i,
      'chattr -i /etc/bad-input/fixed.d; rm -r /etc/bad-input/fixed.d',
    ],
    [
      'a full disk',
      'mkdir -p /etc/bad-input/full.d; mount -t tmpfs -o size=16k,mode=0755 tmpfs /etc/bad-input/full.d; echo old > /etc/bad-input/full.d/file; dd if=/dev/zero of=/etc/bad-input/full.d/rest bs=4k 2>/dev/null || true',
      writing('/etc/bad-input/full.d/file', 'old\n', 'x'.repeat(20_000)),
      /space/i,
      'umount /etc/bad-input/full.d; rmdir /etc/bad-input/full.d',
    ],
    [
      'no package manager',
      'for name in apt-get dnf pacman; do at=$(command -v $name) && mv "$at" "$at.away"; done; true',
      { verb: 'install-packages', packages: ['auditd'] },
      /neither apt-get, dnf nor pacman/,
      'mv /usr/bin/apt-get.away /usr/bin/apt-get',
    ],
    [
      'no network for a package',
      'true',
      { verb: 'install-packages', packages: ['auditd-that-is-not-there'] },
      /could not fetch/,
      'true',
    ],
  ])(
    'says %s, and leaves nothing half done',
    { timeout: 180_000 },
    async (_what, make, second, words, mend) => {
      sh(make);
      try {
        const before = sh(STATE);
        const change = await order(withFirst(second));
        expect(change.state, change.error ?? '').toBe('rolled-back');
        expect(change.error).toMatch(words);
        expect(change.error).toContain('Everything is as it was before');
        expect(sh(STATE)).toBe(before);
      } finally {
        sh(mend);
      }
    },
  );

  it('refuses an undo by a record that was tampered with, and touches nothing', {
    timeout: 120_000,
  }, async () => {
    const path = '/etc/bad-input/second';
    const change = await order(withFirst(writing(path, null, 'made\n')));
    expect(change.state).toBe('done');
    sh(`sed -i 's/second/hosts!/' /var/lib/swarmkeep/changes/${change.id}/1/begun`);
    const before = sh(STATE);
    const frame = {
      id: randomBytes(16).toString('hex'),
      madeAt: new Date().toISOString(),
      node: { id: change.node, name: 'miu' },
      access: change.plan.access,
    };
    const undone = await order(hashed(undoPlan(frame, change, [], null)));
    expect(['rolled-back', 'stuck']).toContain(undone.state);
    expect(undone.error).toMatch(/record/);
    expect(sh(STATE)).toBe(before);
    expect((await store.change({ id: change.id }))?.state).toBe('done');
  });
});
