import { execFileSync, spawn } from 'node:child_process';
import { lstatSync, rmSync } from 'node:fs';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { answerUnlocked, type Launched } from '../../handle-request.ts';
import { type Machine, OWN_FOLDER, STATE_FOLDER } from '../../machine.ts';
import { parseRequest } from '../../read-request.ts';
import { openStateFolder } from '../../record/state-folder.ts';
import { refusedAnswer } from '../../refused.ts';
import { Random } from './random.ts';
import { anyRequest, damage } from './requests.ts';
import { AGENT, buildWorld, changed, readWorld, unmarked, WORLD } from './world.ts';

/**
 * Runs in a test node of its own, never on a real machine: `drive.ts TRIES SEED quiet|race`. Prints one JSON line with
 * counts and every violation. `quiet` holds each try to its declared targets and every undo to what was before; `race` lets
 * a process of the agent swap folders, files and links meanwhile and holds the canary.
 */
const [, , triesText, seedText, mode] = process.argv;
const tries = Number(triesText);
const random = new Random(Number(seedText));
/** Programs that would change more than the world are not there: what needs them has to refuse. */
const PROGRAMS = '/opt/fuzz-programs';
const ALLOWED = [
  'tar',
  'touch',
  'sync',
  'sh',
  'lsattr',
  'getent',
  'nft',
  'iptables-save',
  'iptables-restore',
  'ip',
];
const machine: Machine = {
  stateFolder: STATE_FOLDER,
  ownFolder: OWN_FOLDER,
  programFolders: [PROGRAMS],
  systemd: false,
};
const launched: Launched = { bundle: '/bin/true', runtime: '/bin/true', relaunch: ['/bin/true'] };

type Counts = Record<string, number>;
const counts: Counts = {};
const violations: string[] = [];

function ask(bytes: Buffer): HelperAnswer {
  try {
    return answerUnlocked(machine, parseRequest(bytes), launched);
  } catch (thrown) {
    return refusedAnswer(thrown, 'fuzz');
  }
}

/** Paths that a request says it is about. */
function declared(request: Record<string, unknown>): string[] {
  const action = request.action as Record<string, unknown> | undefined;
  return [action?.path, action?.verb === 'move' ? action?.from : undefined].filter(
    (path) => typeof path === 'string',
  );
}

const covers = (targets: readonly string[], path: string) =>
  targets.some(
    (target) =>
      path === target || path.startsWith(`${target}/`) || path === target.slice(0, target.lastIndexOf('/')),
  );

function count(answer: HelperAnswer): void {
  const key = answer.answer === 'refused' ? answer.refusal : answer.answer;
  counts[key] = (counts[key] ?? 0) + 1;
}

function violation(words: string, request: unknown): void {
  violations.push(`${words}: ${JSON.stringify(request)}`.slice(0, 2_000));
}

/** The world after the last try, which is the world before the next. */
let world = new Map<string, string>();

/** One try, and its undo when it did something. Answers whether the world has to be built anew. */
function quietTry(request: Record<string, unknown>, bytes: Buffer): boolean {
  const before = world;
  const answer = ask(bytes);
  count(answer);
  world = readWorld();
  const after = changed(before, world);
  const outside = after.filter((path) => !covers(declared(request), path));
  if (outside.length > 0) violation(`wrote ${outside.join(' ')}`, request);
  if (answer.answer === 'refused' && after.length > 0)
    violation(`refused, and changed ${after.join(' ')}`, request);
  if (answer.answer !== 'done') return outside.length > 0;
  const { change, step } = request;
  const undone = ask(
    Buffer.from(JSON.stringify({ version: 1, ask: 'undo', change, step, record: answer.record })),
  );
  count(undone);
  world = readWorld();
  const left = changed(before, world);
  // What changed hands does not get setuid and setgid back, and the step has said so.
  const said = /setuid/.test(answer.notUndone ?? '');
  const wrong = left.filter((path) => !said || unmarked(before.get(path)) !== world.get(path));
  if (undone.answer !== 'undone' || wrong.length > 0)
    violation(`undo ${JSON.stringify(undone)} left ${wrong.join(' ')}`, request);
  return left.length > 0;
}

function raceTry(
  request: Record<string, unknown>,
  bytes: Buffer,
  canary: ReadonlyMap<string, string>,
): boolean {
  // A race that nobody ran would show nothing.
  if (lstatSync(`${WORLD}/agent/swap`, { throwIfNoEntry: false })?.isSymbolicLink())
    counts.swapped = (counts.swapped ?? 0) + 1;
  const answer = ask(bytes);
  count(answer);
  if (answer.answer === 'done') {
    const { change, step } = request;
    count(ask(Buffer.from(JSON.stringify({ version: 1, ask: 'undo', change, step, record: answer.record }))));
  }
  const touched = changed(canary, readWorld(`${WORLD}/canary`));
  if (touched.length > 0) violation(`touched ${touched.join(' ')}`, request);
  return touched.length > 0;
}

/** renameat2(2) with RENAME_EXCHANGE as the agent, without pause: the fastest swap that there is. */
const SWAP = `
$) = $( = ${AGENT}; $> = $< = ${AGENT};
chdir "${WORLD}/agent";
my $call = \`uname -m\` =~ /aarch64/ ? 276 : 316;
# syscall() writes to its strings, so they are variables.
my ($s, $so, $f, $fo, $w, $t) = ("swap", "swap-other", "flip", "flip-other", "work", "tree");
while (1) {
  syscall($call, -100, $s, -100, $so, 2);
  syscall($call, -100, $f, -100, $fo, 2);
  syscall($call, -100, $w, -100, $t, 2) if rand() < 0.1;
}`;

function racePath(): string {
  return `${WORLD}/agent/${random.pick(['swap/secret', 'swap/new', 'flip', 'swap', 'work/file', 'tree/a', 'work', 'swap/inner/file'])}`;
}

execFileSync('/bin/sh', [
  '-c',
  `mkdir -p ${PROGRAMS} && cd ${PROGRAMS} && for p in ${ALLOWED.join(' ')}; do ln -sf "$(command -v $p)" $p; done`,
]);
openStateFolder(machine);
execFileSync('nft', ['add', 'table', 'inet', 'canary']);
buildWorld();
world = readWorld();
const canary = readWorld(`${WORLD}/canary`);
const racer = mode === 'race' ? spawn('perl', ['-e', SWAP], { stdio: 'ignore' }) : null;
for (let index = 0; index < tries; index += 1) {
  const request = anyRequest(random, mode === 'race' || random.chance(0.03));
  if (mode === 'race') {
    const action = request.action as Record<string, unknown>;
    if ('path' in action) action.path = racePath();
    if ('from' in action) action.from = racePath();
  }
  const bytes = random.chance(mode === 'race' ? 0 : 0.3)
    ? damage(random, request)
    : Buffer.from(JSON.stringify(request));
  const rebuild = mode === 'race' ? raceTry(request, bytes, canary) : quietTry(request, bytes);
  if (index % 200 === 199) rmSync(`${STATE_FOLDER}/changes`, { recursive: true, force: true });
  if (index % 200 === 199) openStateFolder(machine);
  if (violations.length > 20) break;
  if (rebuild && racer === null) {
    buildWorld();
    world = readWorld();
  }
}
racer?.kill('SIGKILL');
const tables = execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' });
if (!tables.includes('table inet canary')) violations.push('the table of somebody else is gone');
const foreign = tables
  .split('\n')
  .filter((line) => line !== '' && !/^table (inet (canary|swarmkeep_[ab])|ip filter)$/.test(line));
if (foreign.length > 0) violations.push(`tables of others appeared: ${foreign.join(' ')}`);
process.stdout.write(`${JSON.stringify({ tries, counts, violations })}\n`);
