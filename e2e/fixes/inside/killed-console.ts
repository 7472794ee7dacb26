import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '#core/console/clock.ts';
import { ChangeEngine } from '#core/fixes/engine/engine.ts';
import { fileStep, hashed } from '#core/fixes/engine/testing/engine-bench.ts';
import { FakeHelper } from '#core/fixes/engine/testing/fake-helper.ts';
import { inFile } from '#core/fixes/engine/testing/fake-node.ts';
import { undoPlan } from '#core/fixes/plans/undo-plans.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import { parseAnswer } from '#core/hosts/helper-channel-answer.ts';
import { openStore } from '#core/store/open-store.ts';
import type { PlanStep } from '#shared/domain/plan.ts';

/**
 * A console that does nothing but change one node: brings to rest what was left, says how the node is, then does change
 * after change until it is killed. Started by tests:
 * `killed-console.ts FOLDER fake|HELPER-ARGV-AS-JSON FILES-ROOT KILL-AT-BOUNDARY`
 */
const [folder = '', helperWords = 'fake', filesRoot = '', killAt = '0'] = process.argv.slice(2);

const PATHS = [
  '/etc/swarmkeep-kill/a',
  '/etc/swarmkeep-kill/b',
  '/etc/swarmkeep-kill/c',
  '/etc/swarmkeep-kill/d',
];
const place = helperWords === 'fake' ? inFile(join(folder, 'node.json'), { [PATHS[0] ?? '']: 'v0' }) : null;

/** Waits of minutes are shortened, so that a killed console's node needs no minute. */
const clock: Clock = {
  now: systemClock.now,
  after: (ms, callback) => systemClock.after(Math.min(ms, 400), callback),
};

function realHelper(argv: readonly string[]): HelperChannel {
  const [program = '', ...args] = argv;
  return {
    access: async () => ({ via: 'root', installed: true, outdated: false, words: '' }),
    close: async () => undefined,
    async ask(request) {
      const end = spawnSync(program, args, {
        input: JSON.stringify(request),
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      const answer = parseAnswer(end.stdout.trim());
      if (answer !== null) return { ok: true, answer };
      const failure = { kind: 'cut', message: `${end.stderr}`, next: '', mayHaveBegun: true } as const;
      return { ok: false, failure };
    },
  };
}

const channel = place === null ? realHelper(JSON.parse(helperWords)) : new FakeHelper(place);
let boundary = 0;
const die = (): void => {
  boundary += 1;
  if (boundary === Number(killAt)) process.kill(process.pid, 'SIGKILL');
};
if (channel instanceof FakeHelper) channel.between = die;

const store = await openStore({ dataFolder: join(folder, 'data'), thread: false });
const engine = new ChangeEngine({
  store,
  clock,
  open: async () => ({ ok: true, channel }),
  verify: async () => ({ holds: true, results: [], note: '' }),
  own: async () => ({ ok: true, words: '' }),
  agreed: async () => 'agreed',
  changed: () => undefined,
  told: () => undefined,
  fault: die,
});

function contents(path: string): string | null {
  if (place !== null) return place.read().things[path] ?? null;
  return existsSync(filesRoot + path) ? readFileSync(filesRoot + path, 'utf8') : null;
}

const presentState = (): (string | null)[] => PATHS.map(contents);

/** Every second round it removes and makes, in the others it writes over. */
function stepsTo(version: string): PlanStep[] {
  return PATHS.map((path, index) => {
    const before = contents(path);
    const after = index % 2 === 1 && before !== null ? null : `${version} ${index}`;
    return fileStep(path, before, after, index === 3 ? 'when-kept' : 'now');
  });
}

async function rest(): Promise<void> {
  await engine.recover();
  await engine.idle();
  for (let waits = 0; waits < 400; waits += 1) {
    const open = await store.openChanges();
    if (open.length === 0) return;
    for (const change of open) if (change.state === 'unconfirmed') engine.revert(change);
    await engine.idle();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

await rest();
const [last] = await store.changesBefore({ node: null, before: null, limit: 1 });
const said = {
  open: (await store.openChanges()).length,
  last: last && { id: last.id, state: last.state, purpose: last.plan.purpose, title: last.plan.title },
  present: presentState(),
};
process.stdout.write(`${JSON.stringify(said)}\n`);

for (let round = 0; ; round += 1) {
  const before = presentState();
  const timed = round % 3 !== 0;
  const id = randomBytes(16).toString('hex');
  const steps = stepsTo(`v${Date.now()}`);
  const wanted = steps.map(({ action }) =>
    action?.verb === 'write-file' ? Buffer.from(action.contents, 'base64').toString() : null,
  );
  // The parent reads this before it kills: what may be there afterwards.
  const plan = hashed({
    id,
    steps,
    revertsAfter: timed ? 3_000 : null,
    title: JSON.stringify({ before, after: wanted }),
  });
  await engine.apply(plan);
  await engine.idle();
  const change = await store.change({ id });
  if (change?.state === 'unconfirmed') {
    if (round % 2 === 0) await engine.keep(change);
    else engine.revert(change);
    await engine.idle();
  }
  const ended = await store.change({ id });
  if (ended?.state === 'done' && round % 4 < 2) {
    const frame = {
      id: randomBytes(16).toString('hex'),
      madeAt: plan.madeAt,
      node: { id: plan.node, name: 'miu' },
      access: plan.access,
    };
    const made = undoPlan(frame, ended, [], null);
    await engine.apply(hashed({ ...made, title: JSON.stringify({ before: wanted, after: before }) }));
    await engine.idle();
  }
}
