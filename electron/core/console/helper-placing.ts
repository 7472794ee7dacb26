import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnOutcome } from '#core/fixes/engine/parts.ts';
import type { UnhashedPlan } from '#core/fixes/plan-registry.ts';
import { ROOT_PREFIX, type RootAccess, type RootChannel } from '#core/hosts/helper-channel-root.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import {
  type InstallationChoice,
  installCommands,
  isInstallCommand,
  type PlacedSource,
  placedFiles,
  sudoersText,
  wrapperText,
} from '#shared/domain/helper/installation.ts';
import { accountName } from '#shared/domain/helper/targets.ts';
import type { HelperAccess, PlanStep } from '#shared/domain/plan.ts';
import { type HelperBundle, hashOfFile } from './helper-bundle.ts';

/** What goes to the standard input of a step, by its SHA-256: the plan names the hash, and so does its command. */
export type PlacedContents = Map<string, { text: string } | { file: string }>;

/** @returns contents and hashes of everything that may be placed for a choice */
async function contentsFor(
  bundle: HelperBundle,
  runtime: string,
  choice: InstallationChoice,
): Promise<{ contents: PlacedContents; hashes: Partial<Record<PlacedSource, string>> }> {
  const asset = (name: string): string => readFileSync(join(bundle.assets, name), 'utf8');
  const texts: Partial<Record<PlacedSource, string>> = { wrapper: wrapperText(null) };
  if (choice.polkit) {
    for (const risk of ['look', 'change', 'network'] as const) texts[`wrapper-${risk}`] = wrapperText(risk);
    texts.policy = asset('org.swarmkeep.helper.policy');
  }
  if (choice.systemd) texts['boot-unit'] = asset('swarmkeep-revert-at-boot.service');
  if (choice.sudoersFor !== null) texts.sudoers = sudoersText(choice.sudoersFor);
  const contents: PlacedContents = new Map();
  const hashes: Partial<Record<PlacedSource, string>> = {};
  for (const [source, text] of Object.entries(texts) as [PlacedSource, string][]) {
    const hash = createHash('sha256').update(text).digest('hex');
    contents.set(hash, { text });
    hashes[source] = hash;
  }
  hashes.helper = bundle.sha256;
  contents.set(bundle.sha256, { file: bundle.file });
  hashes.runtime = await hashOfFile(runtime);
  contents.set(hashes.runtime, { file: runtime });
  return { contents, hashes };
}

/** What a plan to put the helper on a node is made from. */
export interface PlacingRequest {
  id: string;
  madeAt: string;
  node: { id: string; name: string };
  /** How the helper is reached now. */
  helper: HelperAccess;
  root: RootAccess | null;
  bundle: HelperBundle | null;
  withoutPassword: boolean;
  /** Accounts under which mycoSwarm runs there; null when that was not seen. */
  agents: readonly string[] | null;
  /** Filled with what the steps will need. */
  contents: PlacedContents;
}

/** Plan to put the helper on a node or to replace it: the exact commands, and what each places. */
export async function placingPlan(request: PlacingRequest): Promise<UnhashedPlan> {
  const { id, madeAt, node, helper, root, bundle } = request;
  const blocked = whyNotPlaced(request);
  let steps: PlanStep[] = [];
  let choice: InstallationChoice = { sudoersFor: null, polkit: false, systemd: false };
  if (root !== null && bundle?.runtime) {
    const account = accountName.safeParse(root.user);
    const asks = request.withoutPassword && root.via !== 'root' && account.success;
    choice = { sudoersFor: asks ? account.data : null, polkit: root.polkit, systemd: root.systemd };
    const { contents, hashes } = await contentsFor(bundle, bundle.runtime.file, choice);
    for (const [hash, content] of contents) request.contents.set(hash, content);
    const prefix = root.via === 'none' ? ['sudo', '--'] : ROOT_PREFIX[root.via];
    steps = installCommands(choice, hashes).map((command) =>
      placingStep(command.words, [...prefix, ...command.arguments]),
    );
  }
  return {
    id,
    purpose: 'allow-changes',
    node: node.id,
    nodeName: node.name,
    checks: [],
    title: helper.installed ? `Replace the helper on ${node.name}` : `Allow changes on ${node.name}`,
    madeAt,
    settings: [
      {
        check: null,
        setting: 'What Swarmkeep may do as administrator',
        from: helper.installed ? 'what another version of its helper does' : 'nothing',
        to:
          choice.sudoersFor === null
            ? 'a fixed list of changes, each shown before, with a password'
            : `a fixed list of changes, which this console shows before; ${choice.sudoersFor} is asked for no password, so every program of that account can do as much as root`,
        takesEffect: 'At once',
        recover: '"Remove Swarmkeep" takes all of it away again',
      },
    ],
    steps,
    proofs: [],
    revertsAfter: null,
    access: { ...helper, words: root?.words ?? helper.words },
    blocked,
    left: [],
    differences: [],
    of: null,
  };
}

function whyNotPlaced({
  node,
  root,
  bundle,
  helper,
  withoutPassword,
  agents,
}: PlacingRequest): string | null {
  if (root === null) return helper.words;
  if (bundle === null)
    return 'This console carries no helper. Install the package, or build it in the checkout (npm run build).';
  if (bundle.runtime === null)
    return 'This console carries no Node.js for the helper. Order it from one on Linux.';
  if (root.via === 'none') return root.words;
  if (root.machine !== bundle.runtime.machine) {
    return `${node.name} is a machine of the kind ${root.machine}, and this console carries Node.js for ${bundle.runtime.machine} only.`;
  }
  if (withoutPassword && root.via !== 'root' && agents === null) {
    return `Under which account mycoSwarm runs on ${node.name} is not known, and if it is ${root.user}, a rule without a password would let the agent start the helper too. Look at the node first, or allow changes with a password.`;
  }
  if (withoutPassword && root.via !== 'root' && agents?.includes(root.user)) {
    return `mycoSwarm runs as ${root.user} on ${node.name}: a rule without a password would let the agent start the helper too. Allow changes with a password, and give mycoSwarm an account of its own first.`;
  }
  if (withoutPassword && root.via !== 'root' && !accountName.safeParse(root.user).success) {
    return 'The name of this account cannot be written into a rule of sudo.';
  }
  return null;
}

function placingStep(words: string, words2: readonly string[]): PlanStep {
  return {
    check: null,
    title: words,
    phase: 'now',
    action: null,
    preview: { kind: 'command', arguments: [...words2] },
    needs: ['root'],
    interrupts: null,
    undo: '"Remove Swarmkeep" takes it away again.',
    undoable: false,
    own: 'install-helper',
  };
}

/**
 * Runs one command of the plan as it was shown. When it fails on a node that had no helper before, what the steps before it
 * placed is taken away again.
 */
export async function placeStep(
  change: StoredChange,
  number: number,
  root: RootChannel | null,
  contents: PlacedContents,
): Promise<OwnOutcome> {
  const preview = change.plan.steps[number]?.preview;
  if (preview?.kind !== 'command' || root === null)
    return { ok: false, message: 'There is no such command.' };
  const { via } = await root.access();
  if (via === 'none') return { ok: false, message: (await root.access()).words };
  const words = preview.arguments.slice(ROOT_PREFIX[via].length);
  const shownWith = preview.arguments.slice(0, ROOT_PREFIX[via].length);
  if (JSON.stringify(shownWith) !== JSON.stringify(ROOT_PREFIX[via])) {
    return { ok: false, message: 'It can be reached in another way now than the plan shows. Make it anew.' };
  }
  if (!isInstallCommand(words)) {
    return {
      ok: false,
      message: 'This is none of the commands that place the helper. Nothing was run; make the plan anew.',
    };
  }
  const hash = words.find((word) => /^[0-9a-f]{64}$/.test(word));
  const input = hash === undefined ? null : (contents.get(hash) ?? null);
  if (hash !== undefined && (input === null || ('file' in input && !existsSync(input.file)))) {
    return { ok: false, message: 'What was to be placed is not at hand any more. Make the plan anew.' };
  }
  const ended = await root.run(words, input);
  if (ended.ok) return { ok: true, words: '' };
  const taken = change.plan.access.installed ? false : await takeAway(root);
  const left = taken ? 'What was placed before was taken away again.' : '';
  return { ok: false, message: `${ended.failure.message} ${left}`.trim() };
}

/** Every path that may have been placed, and the folder when it is empty then. */
async function takeAway(root: RootChannel): Promise<boolean> {
  const all = placedFiles({ sudoersFor: 'root', polkit: true, systemd: true }).map((file) => file.path);
  const removed = await root.run(['rm', '-f', '--', ...all.reverse()], null);
  await root.run(['rmdir', '--ignore-fail-on-non-empty', '/usr/local/libexec/swarmkeep'], null);
  return removed.ok;
}
