import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import {
  HELPER_PROGRAM,
  installCommands,
  type PlacedSource,
  wrapperText,
} from '#shared/domain/helper/installation.ts';
import { openTestNode, type TestNode } from './helper-node.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** A test node with the built helper installed as "Allow changes on this node" does it. */
export interface InstalledHelper {
  node: TestNode;
  /** Program and arguments that start the helper as root on that node; the request goes to standard input. */
  argv: readonly [string, ...string[]];
  /** Asks once. `request` is sent as JSON; a string is sent as it is. */
  ask(request: unknown): HelperAnswer;
  close(): void;
}

/** Builds the helper where the build is missing or older than its sources (about 1 s). */
export function builtHelper(): string {
  return built(join(root, 'dist', 'helper'), 'electron/helper/main.ts', 'swarmkeep-helper.mjs');
}

/** The helper's code as a server of lines, as one file that starts fast; for tests only, never installed. */
export function builtServer(): string {
  return built(
    join(root, 'node_modules', '.cache', 'swarmkeep'),
    'electron/helper/testing/serve.ts',
    'serve.mjs',
  );
}

/** The helper's code as a server of lines on a booted node, told when to die; for tests only, never installed. */
export function builtNodeServer(): string {
  return built(
    join(root, 'node_modules', '.cache', 'swarmkeep'),
    'electron/helper/testing/serve-node.ts',
    'serve-node.mjs',
  );
}

function built(folder: string, entry: string, name: string): string {
  const bundle = join(folder, name);
  const sources = [join(root, 'electron', 'helper'), join(root, 'shared', 'domain')];
  const newer = existsSync(bundle) ? ['-newer', bundle] : [];
  if (spawnSync('find', [...sources, '-name', '*.ts', ...newer]).stdout.length > 0) {
    const script = join(root, 'scripts', 'build-helper.mjs');
    const end = spawnSync(process.execPath, [script, folder, entry, name], { encoding: 'utf8' });
    if (end.status !== 0) throw new Error(`${name} could not be built: ${end.stderr}`);
  }
  return bundle;
}

/** Runs the commands of "Allow changes on this node" in the node, as root, each file by standard input. */
export function placeFiles(node: Pick<TestNode, 'run' | 'inside'>, bundle: string): void {
  const choice = { sudoersFor: null, polkit: true, systemd: false } as const;
  const asset = (name: string) => readFileSync(join(root, 'assets', 'linux', name));
  const sources: Partial<Record<PlacedSource, Buffer>> = {
    runtime: readFileSync(process.execPath),
    helper: readFileSync(bundle),
    wrapper: Buffer.from(wrapperText(null)),
    'wrapper-look': Buffer.from(wrapperText('look')),
    'wrapper-change': Buffer.from(wrapperText('change')),
    'wrapper-network': Buffer.from(wrapperText('network')),
    policy: asset('org.swarmkeep.helper.policy'),
  };
  const hashes = Object.fromEntries(
    Object.entries(sources).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]),
  );
  const [enter, ...rest] = node.inside;
  node.run('mkdir', '-p', '/usr/share/polkit-1/actions');
  for (const command of installCommands(choice, hashes)) {
    const input = command.input === null ? undefined : sources[command.input];
    const end = spawnSync(enter ?? 'nsenter', [...rest, ...command.arguments], { input });
    if (end.status !== 0) throw new Error(`${command.words}: ${end.stderr}`);
  }
}

/** Makes a test node and installs helper and runtime in it, owned by root. Close it in any case. */
export async function installHelper(): Promise<InstalledHelper> {
  const bundle = builtHelper();
  const node = await openTestNode();
  try {
    placeFiles(node, bundle);
  } catch (thrown) {
    node.close();
    throw thrown;
  }
  const [enter, ...rest] = node.inside;
  const argv = [enter ?? 'nsenter', ...rest, HELPER_PROGRAM] as const;
  return { node, argv, ask: (request) => askHelper(argv, request), close: () => node.close() };
}

/** Runs a helper once and reads its answer; throws when it answers no JSON document of the protocol. */
export function askHelper(argv: readonly [string, ...string[]], request: unknown): HelperAnswer {
  const [program, ...args] = argv;
  const input = typeof request === 'string' ? request : JSON.stringify(request);
  const end = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  try {
    return helperAnswer.parse(JSON.parse(end.stdout));
  } catch {
    throw new Error(
      `The helper answered no answer (${end.status ?? end.signal}): ${end.stdout}${end.stderr}`,
    );
  }
}
