import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type Clock, systemClock } from '#core/console/clock.ts';
import { ChangeEngine } from '#core/fixes/engine/engine.ts';
import { planHash } from '#core/fixes/plan-registry.ts';
import { undoPlan } from '#core/fixes/plans/undo-plans.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import { readAnswer } from '#core/hosts/helper-channel-answer.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Plan } from '#shared/domain/plan.ts';
import type { EngineAnswer, EngineOrder } from './crash-steps.ts';

/**
 * `crash-engine.ts FOLDER PROGRAM ARGUMENT…`: the part of a console that does changes, with its own journal on the disk, and the
 * helper of a node as a server behind PROGRAM. Does one order after the other, as lines of JSON. It dies by its own hand (SIGKILL) at
 * the boundary that an order names: before and after each write of its journal and each question; and it dies with the helper.
 * Looks have no part in this: nothing that dies between a change and its look is half done.
 */
const [folder = '', program = '', ...words] = process.argv.slice(2);
const tell = (said: EngineAnswer) => process.stdout.write(`${JSON.stringify(said)}\n`);
const die = () => process.kill(process.pid, 'SIGKILL');

const helper = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: helper.stdout })[Symbol.asyncIterator]();
async function asked(line: unknown): Promise<string> {
  helper.stdin.write(`${JSON.stringify(line)}\n`);
  const answer = await answers.next();
  if (answer.done) die();
  return answer.done ? '' : answer.value;
}

let boundaries = 0;
let dieAt = 0;
function boundary(): void {
  boundaries += 1;
  if (boundaries === dieAt) die();
}

const channel: HelperChannel = {
  access: async () => ({ via: 'root', installed: true, outdated: false, words: '' }),
  close: async () => undefined,
  async ask(request) {
    boundary();
    const answer = await asked(request);
    boundary();
    return readAnswer(request, answer, 'miu');
  },
};

/** Waits of minutes are shortened. */
const clock: Clock = {
  now: systemClock.now,
  after: (ms, callback) => systemClock.after(Math.min(ms, 400), callback),
};

const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
// It may be started before the one whose journal it goes on with has died.
const first = await orders.next();
const store = await openStore({ dataFolder: folder, thread: false });
const engine = new ChangeEngine({
  store,
  clock,
  open: async () => ({ ok: true, channel }),
  verify: async () => ({ holds: true, results: [], note: '' }),
  own: async () => ({ ok: true, words: '' }),
  agreed: async () => 'agreed',
  changed: () => undefined,
  told: () => undefined,
  fault: boundary,
});

const ofId = async (id: string) => {
  const change = await store.change({ id });
  if (change === null) throw new Error(`There is no change ${id}.`);
  return change;
};

/** Brings to rest what was left in the middle; what waits to be kept is kept, or taken back. */
async function rest(keeps: boolean): Promise<void> {
  await engine.recover();
  for (;;) {
    await engine.idle();
    const open = await store.openChanges();
    if (open.length === 0) return;
    for (const change of open) {
      if (change.state !== 'unconfirmed')
        throw new Error(`${change.plan.title}: ${change.state}, ${change.error}`);
      if (keeps) await engine.keep(change);
      else engine.revert(change);
    }
  }
}

async function apply(plan: Plan, keeps: boolean): Promise<string> {
  await engine.apply(plan);
  await rest(keeps);
  return plan.id;
}

async function undoOf(id: string): Promise<Plan> {
  const change = await ofId(id);
  const node = { id: change.node, name: change.plan.nodeName };
  const frame = {
    id: randomBytes(16).toString('hex'),
    madeAt: clock.now().toISOString(),
    node,
    access: change.plan.access,
  };
  const plan = undoPlan(frame, change, [], null);
  return { ...plan, hash: planHash(plan) };
}

for (let line = first; !line.done; line = await orders.next()) {
  const order = JSON.parse(line.value) as EngineOrder;
  boundaries = 0;
  dieAt = order.dieAt ?? 0;
  await asked({ killAt: order.killAt ?? 0 });
  let id = '';
  if (order.rest !== undefined) {
    await rest(order.rest);
    id = (await store.changesBefore({ node: null, before: null, limit: 1 }))[0]?.id ?? '';
  } else if (order.undo !== undefined) id = await apply(await undoOf(order.undo), true);
  else if (order.plan !== undefined) id = await apply(order.plan, order.keeps ?? true);
  const { points } = JSON.parse(await asked({ killAt: 0 })) as { points: number };
  const change = id === '' ? null : await ofId(id);
  tell({
    id,
    state: change?.state ?? 'nothing',
    error: change?.error ?? '',
    of: change?.plan.of ?? null,
    boundaries,
    points,
  });
}
await store.close();
helper.kill();
