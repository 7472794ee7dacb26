import type { ApiClient } from '#core/api/direct-client.ts';
import { readStream } from '#shared/contract/read-stream.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { Place } from './check-command.ts';
import { nodeNamed } from './choose-node.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { gateOf } from './plan-run.ts';
import { asJson } from './report.ts';
import { openSealed } from './rotate-sealed.ts';
import { fencedWords, planWords, progressWords, runWords } from './rotate-words.ts';
import { during, progressLine, type Terminal } from './terminal.ts';

export interface RotateOptions {
  node: string[];
  all: boolean;
  exclude: string[];
  emergency: boolean;
  initial: boolean;
  add: boolean;
  leave: boolean;
  openFence: boolean;
  resume: boolean;
  status: boolean;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
  passphraseFile?: string | undefined;
}

/**
 * `swarmkeep rotate`: shows what a rotation would do, asks, does it, and says what was proven.
 * @returns 0: every node is proven; 1: nodes are left out, or it waits; 2: it was taken back or could not be begun
 * @throws CommandFailure
 */
export async function rotate(place: Place, options: RotateOptions, terminal: Terminal): Promise<ExitCode> {
  const purpose = purposeOf(options);
  if (options.all && options.node.length > 0) throw usage('--all and --node exclude each other.');
  const wantsNodes = purpose === 'add-node' || purpose === 'remove-node';
  if (wantsNodes && options.node.length === 0) throw usage('Say which node, with --node.');
  const consent = gateOf(options, terminal);
  const open = await openConsole({ ...place, terminal, consent, takesOver: true });
  // The console's own timers keep no process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const { client } = open;
    if (options.status) return await printStatus(client, options, terminal);
    if (options.resume) return await resume(client, options, terminal);
    const all = await client.nodes.list();
    const idsOf = (names: readonly string[]) => names.map((name) => nodeNamed(all, name, terminal).id);
    if (!options.dryRun && !options.openFence) await openSealed(client, options.passphraseFile, terminal);
    const wish = {
      purpose,
      nodes: options.node.length === 0 ? null : idsOf(options.node),
      exclude: idsOf(options.exclude),
      emergency: options.emergency,
    };
    const plan = await during(terminal, 'Looking at every node', () => client.rotation.plan(wish));
    if (!options.json || !options.dryRun) terminal.error.write(planWords(plan));
    if (options.dryRun) {
      if (options.json) terminal.out.write(asJson({ plan, rotation: null }));
      return plan.blocked === null ? EXIT.found : EXIT.couldNot;
    }
    if (plan.blocked !== null) throw couldNot(plan.blocked, 'Nothing was changed.');
    if (open.elsewhere) terminal.error.write('Agree in the window or terminal of the running console.\n');
    const begun = await client.rotation.begin({ plan: plan.id, hash: plan.hash });
    if (options.openFence) return printOpened(begun, options, terminal);
    return printEnd(await untilRest(client, begun, terminal), options, terminal);
  } finally {
    clearInterval(alive);
    await open.close();
  }
}

function purposeOf({ initial, add, leave, openFence, resume, status }: RotateOptions) {
  if ([initial, add, leave, openFence, resume, status].filter(Boolean).length > 1)
    throw usage('--initial, --add, --leave, --open-fence, --resume and --status exclude each other.');
  if (openFence) return 'open-fence' as const;
  return initial
    ? ('initial' as const)
    : add
      ? ('add-node' as const)
      : leave
        ? ('remove-node' as const)
        : ('rotate' as const);
}

async function resume(client: ApiClient, options: RotateOptions, terminal: Terminal): Promise<ExitCode> {
  const { running, unfinished } = await client.rotation.status();
  const [first] = running === null ? unfinished : [running];
  if (first === undefined) {
    terminal.error.write('There is nothing to go on with.\n');
    if (options.json) terminal.out.write(asJson({ rotation: null }));
    return EXIT.fine;
  }
  await openSealed(client, options.passphraseFile, terminal);
  const run = await client.rotation.resume({ rotation: first.id });
  return printEnd(await untilRest(client, run, terminal), options, terminal);
}

async function printStatus(client: ApiClient, options: RotateOptions, terminal: Terminal): Promise<ExitCode> {
  const status = await client.rotation.status();
  const all = [...(status.running === null ? [] : [status.running]), ...status.unfinished];
  if (options.json) terminal.out.write(asJson(status));
  else if (all.length === 0) terminal.out.write('No rotation is under way, and none left a node behind.\n');
  else for (const run of all) terminal.out.write(runWords(run));
  if (!options.json && status.fenced !== null) terminal.out.write(fencedWords(status.fenced));
  return all.length === 0 ? EXIT.fine : EXIT.found;
}

/** Strangers were let go: the rotation itself is as it was. */
function printOpened(run: RotationRun, options: RotateOptions, terminal: Terminal): ExitCode {
  if (options.json) terminal.out.write(asJson({ rotation: run }));
  else
    terminal.out.write(
      'Strangers are within reach of mycoSwarm again. Nodes that are away are told when they are back.\n',
    );
  return EXIT.fine;
}

const isAtRest = ({ endedAt, waits }: RotationRun) => endedAt !== null || waits !== null;

/** Follows a rotation until it has ended or waits. Progress goes to standard error. */
async function untilRest(client: ApiClient, begun: RotationRun, terminal: Terminal): Promise<RotationRun> {
  if (begun.endedAt !== null) return begun;
  const controller = new AbortController();
  const progress = progressLine(terminal.error);
  try {
    const messages = readStream<RotationRun[], RotationRun>({
      open: (input, options) => client.rotation.progress(input, options),
      acknowledge: (input) => client.streams.acknowledge(input),
      signal: controller.signal,
      onBreak: () => progress.show('The connection to the console was lost, trying again'),
    });
    for await (const message of messages) {
      if (message.kind === 'skipped') continue;
      const runs: RotationRun[] = message.kind === 'snapshot' ? message.value : [message.value];
      const run = runs.find(({ id }) => id === begun.id);
      if (run === undefined) continue;
      if (isAtRest(run)) return run;
      progress.show(progressWords(run));
    }
    throw couldNot(
      'The console stopped before the rotation was at rest.',
      'It goes on with it at its next start.',
    );
  } finally {
    controller.abort();
    progress.clear();
  }
}

function printEnd(run: RotationRun, options: RotateOptions, terminal: Terminal): ExitCode {
  if (options.json) terminal.out.write(asJson({ rotation: run }));
  else terminal.out.write(runWords(run));
  if (run.stage === 'aborted') return EXIT.couldNot;
  const isWhole =
    run.stage === 'done' && run.nodes.every(({ state }) => state === 'verified' || state === 'removed');
  return isWhole ? EXIT.fine : EXIT.found;
}
