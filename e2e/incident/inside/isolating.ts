/**
 * A console that does nothing but isolate, in a process of its own, for tests that kill it: real records, real SSH. What it is to do comes as one JSON
 * argument. Prints one JSON line for everything that it learns.
 */
import { writeFileSync } from 'node:fs';
import { systemClock } from '#core/console/clock.ts';
import { knownHostsPath } from '#core/hosts/known-hosts.ts';
import { openIsolating } from '#core/incidents/isolation/open-isolating.ts';
import { openStore } from '#core/store/open-store.ts';
import type { IsolationScope } from '#shared/domain/incident/isolation.ts';

export interface IsolatingWork {
  dataFolder: string;
  identityFile: string;
  nodes: { id: string; address: string; hostKey: string }[];
  /** `hold`: warm up, plan, isolate. `go-on`: only open, and let it go on. `release`: the open one. `confirm`. */
  work: 'hold' | 'go-on' | 'release' | 'confirm';
  isolate: string[];
  scope: IsolationScope;
  byHand?: boolean;
  withoutNode?: boolean;
  uids?: number[];
  /** Kill this process there. */
  killAt?: string;
  seconds: number;
}

const work = JSON.parse(process.argv[2] ?? '{}') as IsolatingWork;
const say = (what: object) => process.stdout.write(`${JSON.stringify({ at: Date.now(), ...what })}\n`);
const store = await openStore({ dataFolder: work.dataFolder, thread: true });
const at = new Date().toISOString();
if ((await store.listNodes()).length === 0) {
  const lines = work.nodes.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join('');
  writeFileSync(knownHostsPath(work.dataFolder), lines, { mode: 0o600 });
  for (const { id, address } of work.nodes)
    await store.addNode({
      node: {
        ...{ id, name: id, addedAt: at, lastLookAt: null, lastError: null },
        address: { kind: 'ssh', host: address, port: 22, user: 'root', identityFile: work.identityFile },
      },
      hostKeys: [],
    });
}
const desk = await openIsolating(
  { store, clock: systemClock, dataFolder: work.dataFolder, recover: true },
  {
    about: async () => ({ uids: work.uids ?? [], apiPort: 7_890, identity: { macs: [], addresses: [] } }),
    // The nodes of the room have one host key between them, as copies of one disk do.
    keysOf: async ({ id }) => [id],
    // A busy machine gets its time; what is promised of times is measured elsewhere.
    limits: { stepDownSeconds: work.seconds, tendMs: 1_000, lookMs: 20_000, askMs: 60_000, settleMs: 60_000 },
    fault: (point) => {
      if (point === work.killAt) process.kill(process.pid, 'SIGKILL');
    },
  },
);
let asked = '';
if (work.work === 'hold') {
  const plan = await desk.plan({ nodes: work.isolate, scope: work.scope });
  if (plan === 'unknown') throw new Error('unknown nodes');
  asked = plan.id;
  say({ plan });
  const confirm = work.byHand === true ? 'by-hand' : 'by-itself';
  const order = { plan: plan.id, hash: plan.hash, confirm } as const;
  // A person who clicks twice.
  const [first, second] = await Promise.all([desk.isolate(order), desk.isolate(order)]);
  say({ ordered: first, twice: second });
} else if (work.work !== 'go-on') {
  const [open] = await desk.open();
  if (open === undefined) throw new Error('nothing is isolated');
  asked = open.id;
  const order = { isolation: open.id };
  say({
    ordered:
      work.work === 'release'
        ? await desk.release({ ...order, ...(work.withoutNode === true ? { withoutNode: true } : {}) })
        : await desk.confirm(order),
  });
}
await desk.idle();
const before = asked === '' ? null : await desk.status(asked);
say({ open: await desk.open(), last: before });
await desk.close();
await store.close();
process.exit(0);
