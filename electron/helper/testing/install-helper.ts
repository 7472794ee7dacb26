import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import { openTestNode, type TestNode } from './helper-node.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const INSTALLED = '/usr/local/libexec/swarmkeep';

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
  const bundle = join(root, 'dist', 'helper', 'swarmkeep-helper.mjs');
  const newest = spawnSync('find', [
    join(root, 'electron', 'helper'),
    join(root, 'shared', 'domain'),
    '-name',
    '*.ts',
    ...(existsSync(bundle) ? ['-newer', bundle] : []),
  ]);
  if (newest.stdout.length > 0) {
    const end = spawnSync(process.execPath, [join(root, 'scripts', 'build-helper.mjs')], {
      encoding: 'utf8',
    });
    if (end.status !== 0) throw new Error(`The helper could not be built: ${end.stderr}`);
  }
  return bundle;
}

/** Makes a test node and installs helper and runtime in it, owned by root. Close it in any case. */
export async function installHelper(): Promise<InstalledHelper> {
  const bundle = builtHelper();
  const node = await openTestNode();
  try {
    node.run('install', '-d', '-m', '0755', dirname(INSTALLED), INSTALLED);
    node.run('install', '-m', '0755', process.execPath, `${INSTALLED}/node`);
    node.run('install', '-m', '0644', bundle, `${INSTALLED}/swarmkeep-helper.mjs`);
    node.run(
      'install',
      '-m',
      '0755',
      join(root, 'assets', 'linux', 'swarmkeep-helper'),
      `${INSTALLED}/swarmkeep-helper`,
    );
  } catch (thrown) {
    node.close();
    throw thrown;
  }
  const [enter, ...rest] = node.inside;
  const argv = [enter ?? 'nsenter', ...rest, `${INSTALLED}/swarmkeep-helper`] as const;
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

/** Size of an installed file, for tests of what was placed. */
export function installedSize(node: TestNode, path: string): number {
  return statSync(node.path(path)).size;
}
