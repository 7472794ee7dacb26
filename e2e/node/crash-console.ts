import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fixing } from '#core/console/fix-desk.ts';
import { openHelperChannel } from '#core/hosts/helper-channel-open.ts';
import type { AppliedChange, Plan } from '#shared/domain/plan.ts';
import type { CrashAnswer, CrashOrder } from './crash.ts';
import { Operator } from './operator.ts';

/**
 * `crash-console.ts FOLDER PATIENCE N`: a console that does one order after the other, as lines of JSON, and dies by its own
 * hand (SIGKILL) at a boundary that the order names: before and after each write of its journal and each question to the
 * helper. While it brings to rest what was left, that is the Nth (0: never).
 */
const [dataFolder = '', patience = '', dieWhileResting = '0'] = process.argv.slice(2);
const tell = (said: CrashAnswer) => process.stdout.write(`${JSON.stringify(said)}\n`);

let boundaries = 0;
let asks = 0;
let dieAt = Number(dieWhileResting);
let strike: CrashOrder['strike'] = null;

function boundary(): void {
  boundaries += 1;
  if (boundaries === dieAt) process.kill(process.pid, 'SIGKILL');
}

const fixing: Partial<Fixing> = {
  fault: boundary,
  openChannel(options) {
    const channel = openHelperChannel(options);
    return {
      ...channel,
      async ask(request, more) {
        boundary();
        asks += 1;
        const isStruck = asks === strike?.ask;
        const reply = channel.ask(request, more);
        if (isStruck) {
          await Promise.race([sleep(strike?.afterMs ?? 0), reply]);
          tell({ struck: request.ask });
          // Whoever reads that ends the helper and this process.
          await sleep(60_000);
        }
        const answer = await reply;
        boundary();
        return answer;
      },
    };
  },
};

const operator = await Operator.back(dataFolder, Number(patience), fixing);
const { client, node } = operator;

/** Brings what was left in the middle to rest; what waits to be kept is kept or not. */
async function rest(keeps: boolean): Promise<AppliedChange | null> {
  const { changes } = await client.fixes.list({ node });
  const [newest] = changes;
  const open = changes.find((change) => change.endedAt === null);
  if (open === undefined) return newest ?? null;
  for (;;) {
    const rested = await operator.atRest(open.id);
    if (rested.state !== 'unconfirmed') return rested;
    const answer = keeps ? client.fixes.keep({ change: open.id }) : client.fixes.revert({ change: open.id });
    // It may say that it waits while the console still finds out from the node whether it does.
    if (await answer.then(() => true, isTooEarly)) return operator.ended(open.id);
    await sleep(500);
  }
}

function isTooEarly(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'NOT_ALLOWED') return false;
  throw error;
}

async function planOf(order: CrashOrder): Promise<Plan> {
  if (order.undo !== undefined) return client.fixes.planUndo({ change: order.undo });
  return client.fixes.plan({ node, checks: order.checks ?? [], revertsAfter: 600 });
}

dieAt = Number(dieWhileResting);
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as CrashOrder;
  if (order.rest !== undefined) {
    tell({ rested: await rest(order.rest === 'keep') });
    continue;
  }
  if (order.look === true) await operator.look('again');
  const plan = await planOf(order);
  boundaries = 0;
  asks = 0;
  dieAt = order.dieAt ?? 0;
  strike = order.strike ?? null;
  if (plan.steps.length === 0) {
    tell({ ended: null, boundaries, asks, why: JSON.stringify(plan.left) });
    continue;
  }
  let change = await operator.orderOnly(plan);
  if (change.state === 'unconfirmed') {
    await client.fixes.keep({ change: change.id });
    change = await operator.ended(change.id);
  }
  tell({ ended: change, boundaries, asks, why: change.error ?? '' });
}
await operator.close();
