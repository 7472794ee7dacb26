/**
 * A whole console in a process of its own, for tests that kill it: real records, real sealed store, real SSH. What it is to do comes as one JSON
 * argument that holds no secret; the passphrase of its sealed store comes by standard input. Prints one JSON line for each thing that it
 * learns.
 */
import { readFileSync } from 'node:fs';
import { createConsole } from '#core/console/create-console.ts';
import { rotationWish } from '#shared/domain/rotation/wish.ts';
import { TOKEN_PATH, UNIT } from '../testing/dress-node.ts';

interface Work {
  dataFolder: string;
  identityFile: string;
  hostKey: string;
  nodes: { id: string; address: string }[];
  /** `rotate`: plan and begin. `resume`: only open, and let it go on. `tend`: finish nodes that are back. */
  work: 'rotate' | 'resume' | 'tend';
  wish?: unknown;
  /** Kill this process there. */
  killAt?: string;
  /** Kill it so many milliseconds after the rotation began. */
  killAfterMs?: number;
  limits?: Record<string, number>;
}

const work = JSON.parse(process.argv[2] ?? '{}') as Work;
const passphrase = readFileSync(0, 'utf8').trim();
const say = (what: object) => process.stdout.write(`${JSON.stringify({ at: Date.now(), ...what })}\n`);
const die = () => process.kill(process.pid, 'SIGKILL');

const service = await createConsole({
  dataFolder: work.dataFolder,
  shell: 'command-line',
  version: '0.0.0',
  consent: { ask: async () => true },
  keyKeeper: null,
  thread: true,
  rotating: {
    targets: async () =>
      work.nodes.map(({ id, address }) => ({
        node: idOf.get(address) ?? id,
        name: id,
        address,
        place: { path: TOKEN_PATH, unit: UNIT, port: 7_890 },
        why: '',
      })),
    ...(work.limits === undefined ? {} : { limits: work.limits }),
    fault: (point) => {
      if (point !== work.killAt) return undefined;
      // Torn: the write is under way in the thread of the store.
      if (point.startsWith('torn')) setImmediate(die);
      else die();
      return undefined;
    },
  },
});
const { rotation, sealed } = service;
if (rotation === undefined || sealed === undefined) throw new Error('This console keeps no secrets');
const idOf = new Map<string, string>();
for (const node of await service.nodes.list(undefined))
  if (node.address.kind === 'ssh') idOf.set(node.address.host, node.id);
for (const { id, address } of work.nodes) {
  if (idOf.has(address)) continue;
  const added = await service.nodes.add({
    name: id,
    address: { kind: 'ssh', host: address, port: 22, user: 'root', identityFile: work.identityFile },
    confirmedKeys: [`${address} ${work.hostKey}`],
  });
  idOf.set(address, added.id);
}
const state = await sealed.state(undefined);
if (state.is === 'not-set-up') await sealed.setUp({ keyPlace: 'passphrase', passphrase });
else await sealed.unlock({ kind: 'passphrase', passphrase });
rotation.topic.onDelta((run) => say({ run }));
say({ ready: true });

if (work.work === 'rotate') {
  const plan = await rotation.plan(rotationWish.parse(work.wish ?? {}));
  say({ plan });
  if (plan.blocked === null) {
    const claimed = rotation.registry.claim(plan.id, plan.hash);
    if (typeof claimed === 'string') throw new Error(claimed);
    await rotation.begin(claimed);
    if (work.killAfterMs !== undefined) setTimeout(die, work.killAfterMs);
  }
}
if (work.work === 'tend') {
  const { unfinished } = await rotation.status(undefined);
  for (const { id } of unfinished) await rotation.resume({ rotation: id });
}
for (;;) {
  const { running } = await rotation.status(undefined);
  if (running === null || running.canResume) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const { runs } = await rotation.history({ limit: 5 });
say({ history: runs });
await service.close();
process.exit(0);
