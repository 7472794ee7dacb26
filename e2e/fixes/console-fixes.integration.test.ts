import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConsole } from '#core/console/create-console.ts';
import type { ConsoleService } from '#core/console/service.ts';
import { fakeLooking } from '#core/console/testing/fake-looking.ts';
import { expectedAt, stateAt } from '#core/fixes/at-path.ts';
import type { Fix } from '#core/fixes/fix.ts';
import { planHash } from '#core/fixes/plan-registry.ts';
import { exampleStep } from '#core/fixes/plans/testing/example-plan.ts';
import { type HelperChannel, helperFailure } from '#core/hosts/helper-channel.ts';
import { readAnswer } from '#core/hosts/helper-channel-answer.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { AppliedChange, Plan } from '#shared/domain/plan.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { type InstalledHelper, installHelper } from '../../electron/helper/testing/install-helper.ts';

/** A fix that writes files; `mayCutOff` where it says so. */
function fixOf(check: CheckId, paths: readonly string[], text: string, mayCutOff = false): Fix {
  return {
    check,
    words: `Writes ${paths.join(' and ')}.`,
    after: check === 'peer-allowlist' ? ['outbound-firewall'] : [],
    targets: () => paths.map((path) => ({ path, text: true })),
    plan: (input) => ({
      automatic: true,
      plan: {
        title: `Write for ${check}`,
        settings: [],
        steps: paths.map((path) =>
          exampleStep(path, {
            check,
            action: {
              verb: 'write-file',
              path,
              contents: Buffer.from(text).toString('base64'),
              uid: 0,
              gid: 0,
              mode: 0o640,
              expect: expectedAt(input, path),
            },
            preview: {
              kind: 'file',
              path,
              before: stateAt(input, path)?.kind === 'file' ? 'was there' : null,
              after: text,
              attributes: 'root:root 0640',
            },
          }),
        ),
        proofs: [{ kind: 'check', check }],
        mayCutOff,
      },
    }),
  };
}

const BOOK = {
  fixes: [
    fixOf('peer-allowlist', ['/etc/kept/b'], 'B\n'),
    fixOf('outbound-firewall', ['/etc/kept/a', '/etc/kept/new'], 'A\n'),
    fixOf('service-bindings', ['/etc/kept/a'], 'something else\n'),
    fixOf('ssh-server', ['/etc/kept/ssh'], 'S\n', true),
  ],
  notAutomatic: [{ check: 'disk-encryption' as const, reason: 'A disk is encrypted when it is set up.' }],
};

const why = whyNoTestNode();

describe.skipIf(why !== null)(
  `fixes of a console on a node with the real helper${why === null ? '' : ` (${why})`}`,
  () => {
    let helper: InstalledHelper;
    let folder: string;
    let service: ConsoleService;
    let node: string;
    const FIXED = [
      'outbound-firewall',
      'peer-allowlist',
      'service-bindings',
      'ssh-server',
      'disk-encryption',
    ];
    const all = (status: 'fix' | 'pass') => Object.fromEntries(FIXED.map((check) => [check, status]));
    const acted = { here: { statuses: all('fix') as Record<string, 'fix' | 'pass'> } };
    let collected: string[] = [];
    const asked: string[] = [];

    const channel = (): HelperChannel => ({
      access: async () => ({
        via: 'root',
        installed: true,
        outdated: false,
        words: 'Swarmkeep is administrator there.',
      }),
      close: async () => undefined,
      async ask(request) {
        asked.push(request.ask);
        const [program, ...args] = helper.argv;
        const end = spawnSync(program, args, {
          input: JSON.stringify(request),
          encoding: 'utf8',
          maxBuffer: 1 << 27,
        });
        return end.stdout === ''
          ? helperFailure('cut', end.stderr, '', true)
          : readAnswer(request, end.stdout, 'here');
      },
    });

    async function open(): Promise<void> {
      const { looking, seen } = fakeLooking(acted, () => new Date());
      collected = seen.collecting;
      service = await createConsole({
        dataFolder: folder,
        shell: 'web',
        version: '0.1.0',
        consent: { ask: async () => false },
        looking,
        schedule: false,
        thread: false,
        fixing: { book: BOOK, openChannel: channel, bundle: null },
      });
    }

    beforeAll(async () => {
      helper = await installHelper();
      folder = mkdtempSync(join(tmpdir(), 'swarmkeep-fixes-'));
      await open();
      node = (await service.nodes.add({ name: 'here', address: { kind: 'local' }, confirmedKeys: [] })).id;
    }, 120_000);
    afterAll(async () => {
      await service?.close();
      helper?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(() => {
      helper.node.run(
        'sh',
        '-c',
        'rm -rf /etc/kept; mkdir /etc/kept; printf before > /etc/kept/a; chmod 0604 /etc/kept/a; chown 1:2 /etc/kept/a; touch -d 2020-01-02T03:04:05Z /etc/kept/a /etc/kept',
      );
    });

    const inNode = (path: string): string => readFileSync(helper.node.path(path), 'utf8');

    async function order(plan: Plan): Promise<AppliedChange> {
      const claimed = service.planRegistry.claim(plan.id, plan.hash);
      if (typeof claimed === 'string') throw new Error(claimed);
      const { change } = await service.plans.apply(claimed);
      return ended(change);
    }

    async function ended(change: string): Promise<AppliedChange> {
      await expect
        .poll(
          async () => {
            const { state } = await service.fixes.get({ change });
            return ['applying', 'verifying', 'waiting', 'rolling-back'].includes(state) ? null : state;
          },
          { timeout: 60_000, interval: 50 },
        )
        .not.toBeNull();
      return service.fixes.get({ change });
    }

    it('says which checks a program repairs, and how it may become administrator', async () => {
      const { access, checks } = await service.fixes.available({ node });
      expect(access.via).toBe('root');
      expect(checks.find((entry) => entry.check === 'outbound-firewall')).toMatchObject({ automatic: true });
      expect(checks.find((entry) => entry.check === 'disk-encryption')).toEqual({
        check: 'disk-encryption',
        automatic: false,
        words: 'A disk is encrypted when it is set up.',
      });
    });

    it('plans several in one order, names conflicts, and hashes all of it', async () => {
      const plan = await service.fixes.plan({
        node,
        checks: ['peer-allowlist', 'service-bindings', 'outbound-firewall', 'disk-encryption'],
      });
      expect(plan.checks).toEqual(['outbound-firewall', 'peer-allowlist']);
      expect(plan.left.map((entry) => entry.check).sort()).toEqual(['disk-encryption', 'service-bindings']);
      expect(plan.left.find((entry) => entry.check === 'service-bindings')?.reason).toContain('/etc/kept/a');
      expect(plan.blocked).toBeNull();
      const { hash, ...rest } = plan;
      expect(planHash(rest)).toBe(hash);
      expect(JSON.stringify(plan.steps)).toContain('was there');
    });

    it('does it, looks again by itself, and takes it back to the byte', { timeout: 120_000 }, async () => {
      const before = statSync(helper.node.path('/etc/kept/a'));
      const looks = collected.length;
      const plan = await service.fixes.plan({ node, checks: ['outbound-firewall', 'peer-allowlist'] });
      acted.here.statuses = { ...all('pass'), 'peer-allowlist': 'fix' };
      const change = await order(plan);
      expect(change.state).toBe('not-verified');
      expect(change.results.map((result) => [result.check, result.status])).toEqual([
        ['outbound-firewall', 'pass'],
        ['peer-allowlist', 'fix'],
      ]);
      expect(collected.length).toBeGreaterThan(looks);
      expect(inNode('/etc/kept/a')).toBe('A\n');
      expect(inNode('/etc/kept/b')).toBe('B\n');
      expect(change.undo).toEqual({ possible: true, reason: '' });

      asked.length = 0;
      const undo = await service.fixes.planUndo({ change: change.id });
      // However many steps it has: each request starts the helper anew.
      expect(asked).toEqual(['compare']);
      expect(undo.steps.length).toBeGreaterThan(1);
      expect(undo).toMatchObject({ purpose: 'undo', of: change.id, differences: [], blocked: null });
      expect((await order(undo)).state).toBe('done');
      expect(inNode('/etc/kept/a')).toBe('before');
      const after = statSync(helper.node.path('/etc/kept/a'));
      expect([after.uid, after.gid, after.mode, after.mtimeMs]).toEqual([
        before.uid,
        before.gid,
        before.mode,
        before.mtimeMs,
      ]);
      expect(() => statSync(helper.node.path('/etc/kept/new'))).toThrow('ENOENT');
      expect(await service.fixes.get({ change: change.id })).toMatchObject({
        state: 'undone',
        undoneBy: undo.id,
      });

      acted.here.statuses = all('pass');
      const redo = await service.fixes.planRedo({ change: change.id });
      expect((await order(redo)).state).toBe('done');
      expect(inNode('/etc/kept/a')).toBe('A\n');
      const again = await service.fixes.planUndo({ change: redo.id });
      expect((await order(again)).state).toBe('done');
      expect(inNode('/etc/kept/a')).toBe('before');
    });

    it('refuses an undo with what was changed since, and one that a later change builds on', {
      timeout: 120_000,
    }, async () => {
      const first = await order(await service.fixes.plan({ node, checks: ['outbound-firewall'] }));
      const second = await order(await service.fixes.plan({ node, checks: ['service-bindings'] }));
      const early = await service.fixes.planUndo({ change: first.id });
      expect(early.blocked).toContain('take that one back first');
      expect((await service.fixes.get({ change: first.id })).undo.possible).toBe(false);
      expect((await order(await service.fixes.planUndo({ change: second.id }))).state).toBe('done');
      writeFileSync(helper.node.path('/etc/kept/a'), 'the operator wrote this');
      const late = await service.fixes.planUndo({ change: first.id });
      expect(late.blocked).toContain('/etc/kept/a was changed since');
      expect(late.differences.some((one) => one.path === '/etc/kept/a' && one.what === 'contents')).toBe(
        true,
      );
      expect(inNode('/etc/kept/a')).toBe('the operator wrote this');
      helper.node.run('sh', '-c', 'printf "A\\n" > /etc/kept/a');
    });

    it('refuses facts that changed since the plan, and changes nothing', { timeout: 60_000 }, async () => {
      const plan = await service.fixes.plan({ node, checks: ['outbound-firewall'] });
      writeFileSync(helper.node.path('/etc/kept/new'), 'somebody was faster');
      const change = await order(plan);
      expect(change.state).toBe('rolled-back');
      expect(change.error).toContain('step 2 of 2');
      expect(inNode('/etc/kept/a')).toBe('before');
      expect(inNode('/etc/kept/new')).toBe('somebody was faster');
    });

    it('takes itself back by the timer of the node while no console runs', { timeout: 120_000 }, async () => {
      const plan = await service.fixes.plan({ node, checks: ['ssh-server'], revertsAfter: 6 });
      const change = await order(plan);
      expect(change.state).toBe('unconfirmed');
      expect(inNode('/etc/kept/ssh')).toBe('S\n');
      await service.close();
      await expect
        .poll(
          () => {
            try {
              return inNode('/etc/kept/ssh');
            } catch {
              return null;
            }
          },
          { timeout: 20_000 },
        )
        .toBeNull();
      await open();
      // The node may still be ending what it takes back; the console looks again until it has.
      const stateNow = async () => (await service.fixes.get({ change: change.id })).state;
      await expect.poll(stateNow, { timeout: 30_000 }).toBe('reverted');
    });

    it('keeps a change in time, and then it stays', { timeout: 120_000 }, async () => {
      acted.here.statuses = all('pass');
      const change = await order(
        await service.fixes.plan({ node, checks: ['ssh-server'], revertsAfter: 20 }),
      );
      expect(change.state).toBe('unconfirmed');
      await service.fixes.keep({ change: change.id });
      expect(await ended(change.id)).toMatchObject({ state: 'done' });
      expect(inNode('/etc/kept/ssh')).toBe('S\n');
    });

    it('removes everything: changes newest first, then the helper', { timeout: 120_000 }, async () => {
      const plan = await service.fixes.planRemove({ node });
      // Earlier tests threw the folder away under their changes: those are named, and nothing is forced.
      if (plan.blocked !== null) expect(plan.differences.length).toBeGreaterThan(0);
      expect(plan.steps.at(-1)?.own).toBe('uninstall-helper');
      const { changes } = await service.fixes.list({ limit: 100 });
      expect(changes.length).toBeGreaterThan(5);
      for (const change of changes) expect(change.endedAt).not.toBeNull();
    });
  },
);
