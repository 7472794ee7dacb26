import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type ApiClient, createDirectClient } from '#core/api/direct-client.ts';
import { createApi } from '#core/api/router.ts';
import { createConsole } from '#core/console/create-console.ts';
import { realLooking } from '#core/console/default-looking.ts';
import { fetchHostKeys } from '#core/hosts/host-keys.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { AppliedChange, Plan } from '#shared/domain/plan.ts';
import { ALLOWED } from './allowed-differences.ts';
import { Guest } from './guest.ts';
import { ensureImage, whyNoNode } from './image.ts';
import { SCENARIOS } from './scenarios.ts';
import { differences, snapshotOf } from './snapshot.ts';

const STAND_IN = new URL('../fixtures/stand-in-mycoswarm', import.meta.url).pathname;
/** Of the account of the operator in the scenarios. */
const PASSWORD = 'correct horse battery';
/** Software emulation is about ten times slower than the machine it runs on. */
const EMULATED = 20;
const REST = new Set(['done', 'not-verified', 'rolled-back', 'reverted', 'undone', 'stuck', 'unconfirmed']);

const why = whyNoNode();
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A console on this machine as a person runs one, who says yes and knows the password of sudo. */
async function consoleFor(guest: Guest): Promise<{ client: ApiClient; node: string }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'swarmkeep-node-'));
  const consent = { ask: async () => true, askPassword: async () => PASSWORD };
  const service = await createConsole({
    dataFolder,
    shell: 'web',
    version: '0.1.0',
    consent,
    schedule: false,
    looking: realLooking({ dataFolder, recording: '/dev/null', version: '0.1.0', patience: EMULATED }),
  });
  const api = createApi({
    service,
    consent,
    log: { error: (what, error) => process.stderr.write(`${what}: ${error}\n`) },
  });
  open.push(async () => {
    api.close();
    await service.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
  const client = createDirectClient(api, { kind: 'operator-terminal', client: 'the test of a booted node' });
  const keys = await fetchHostKeys({ host: '127.0.0.1', port: guest.port });
  if (!keys.ok) throw new Error(keys.error.message);
  const added = await client.nodes.add({
    name: 'miu',
    address: { kind: 'ssh', host: '127.0.0.1', port: guest.port, user: 'minotaur', identityFile: guest.key },
    confirmedKeys: keys.keys.map((key) => key.line),
  });
  return { client, node: added.id };
}

function say(words: string): void {
  process.stdout.write(`  ${new Date().toISOString().slice(11, 19)} ${words}\n`);
}

test('a stock node is repaired over SSH, keeps it over reboot and reload, and gets everything back', {
  timeout: 3_600_000,
}, async (context) => {
  if (why) context.skip(why);
  const guest = await Guest.start(await ensureImage());
  open.push(() => guest.stop());
  await guest.copyIn(STAND_IN);
  await guest.must(SCENARIOS.stock.script, 400_000);
  await guest.must('systemctl enable --now nftables.service 2>/dev/null; sync');
  const start = await snapshotOf(guest);
  const { client, node } = await consoleFor(guest);

  const look = async (when: string): Promise<Record<string, string>> => {
    const { looks } = await client.looks.start({ nodes: [node] });
    const began = looks[0]?.startedAt ?? '';
    for (;;) {
      await sleep(1_000);
      const findings = await client.findings.list({ node });
      const list = findings.filter((finding) => finding.observedAt >= began);
      if (list.length > 0) {
        const statuses = Object.fromEntries(list.map((finding) => [finding.check, finding.status]));
        say(
          `${when}: ${Object.entries(statuses)
            .map(([check, status]) => `${check} ${status}`)
            .join(', ')}`,
        );
        return statuses;
      }
    }
  };
  const order = async (plan: Plan): Promise<AppliedChange> => {
    expect(plan.blocked, plan.title).toBeNull();
    const { change } = await client.plans.apply({ plan: plan.id, hash: plan.hash });
    let now = await client.fixes.get({ change });
    while (!REST.has(now.state)) {
      await sleep(1_000);
      now = await client.fixes.get({ change });
    }
    if (now.state === 'unconfirmed') {
      say(`${plan.title}: keeping it`);
      now = await client.fixes.keep({ change });
      while (!REST.has(now.state)) {
        await sleep(1_000);
        now = await client.fixes.get({ change });
      }
    }
    say(
      `${plan.title}: ${now.state} ${now.error ?? ''} ${now.results.map((result) => `${result.check} ${result.status}`).join(', ')}`,
    );
    return now;
  };

  const before = await look('before');
  expect((await order(await client.fixes.planAllow({ node, withoutPassword: false }))).state).toBe('done');

  const applied: { check: CheckId; change: AppliedChange }[] = [];
  const refused: string[] = [];
  const { checks } = await client.fixes.available({ node });
  for (const { check, automatic } of checks) {
    if (!automatic || !['fix', 'review'].includes(before[check] ?? '')) continue;
    const plan = await client.fixes.plan({ node, checks: [check], revertsAfter: 900 });
    if (plan.steps.length === 0) {
      refused.push(`${check}: ${plan.left.map((entry) => entry.reason).join(' ')}`);
      continue;
    }
    applied.push({ check, change: await order(plan) });
  }
  say(`not planned: ${refused.join('; ')}`);
  const failed = applied.filter(({ change }) => change.state !== 'done');
  expect
    .soft(
      failed.map(
        ({ check, change }) =>
          `${check}: ${change.state} ${change.error ?? ''} ${JSON.stringify(change.results)}`,
      ),
    )
    .toEqual([]);
  const done = applied.filter(({ change }) => change.state === 'done').map(({ check }) => check);
  const allPass = (statuses: Record<string, string>) =>
    Object.fromEntries(done.map((check) => [check, statuses[check]]));
  const pass = Object.fromEntries(done.map((check) => [check, 'pass']));
  expect.soft(allPass(await look('after all fixes'))).toEqual(pass);

  await guest.reboot();
  expect.soft(allPass(await look('after a reboot'))).toEqual(pass);
  await guest.must('systemctl reload nftables.service || systemctl restart nftables.service');
  expect.soft(allPass(await look('after a reload'))).toEqual(pass);
  const health = await guest.run(
    'for i in $(seq 1 60); do curl -s -m 5 http://127.0.0.1:7890/health && break; sleep 1; done',
    200_000,
  );
  expect.soft(health.stdout).toContain('node_id');

  for (const { change } of [...applied].reverse()) {
    if (!['done', 'not-verified'].includes(change.state)) continue;
    const undone = await order(await client.fixes.planUndo({ change: change.id }));
    expect.soft(undone.state, `${change.title}: ${undone.error ?? ''}`).toBe('done');
  }
  const removed = await order(await client.fixes.planRemove({ node }));
  expect.soft(removed.state, removed.error ?? '').toBe('done');
  const left = differences(start, await snapshotOf(guest)).filter(
    ({ path }) => !ALLOWED.some((allowed) => allowed.path.test(path)),
  );
  expect(left).toEqual([]);
});
