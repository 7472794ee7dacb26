import { z } from 'zod';
import type { RiskClass } from './risk-class.ts';
import { RUNTIME_OPTIONS } from './runtime-options.ts';
import { accountName, sha256 } from './targets.ts';

/** Where the helper lies on a node. Root's alone; so is every folder above. */
export const HELPER_FOLDER = '/usr/local/libexec/swarmkeep';
/** Started by sudo and by root; takes every request on standard input and no arguments. */
export const HELPER_PROGRAM = `${HELPER_FOLDER}/swarmkeep-helper`;
/** What the helper notes there: the hash of its runtime, so that it need not read 120 MB at every start. */
export const HASH_NAME = 'runtime-hash';
/** The program that pkexec is given: one per risk class, so that polkit asks the right question. */
export const programForClass = (risk: RiskClass) => `${HELPER_FOLDER}/swarmkeep-${risk}`;

/** Where a file that is placed comes from. */
export type PlacedSource =
  | 'runtime'
  | 'helper'
  | 'wrapper'
  | `wrapper-${RiskClass}`
  | 'policy'
  | 'boot-unit'
  | 'sudoers';

/** One file that "Allow changes on this node" places. */
export interface PlacedFile {
  source: PlacedSource;
  path: string;
  mode: '0755' | '0644' | '0440';
  why: string;
}

export const SUDOERS_FILE = '/etc/sudoers.d/swarmkeep';
export const POLICY_FILE = '/usr/share/polkit-1/actions/org.swarmkeep.helper.policy';
export const BOOT_UNIT = 'swarmkeep-revert-at-boot.service';
export const BOOT_UNIT_FILE = `/etc/systemd/system/${BOOT_UNIT}`;
/** Made by `systemctl enable`. */
export const BOOT_UNIT_LINK = `/etc/systemd/system/basic.target.wants/${BOOT_UNIT}`;

/** What the operator chose and what the node has. */
export const installationChoice = z.strictObject({
  /** One line of sudo rules for this account, so that no password is asked; null for none. */
  sudoersFor: accountName.nullable(),
  /** polkit is there: programs on the node's own desktop can ask. */
  polkit: z.boolean(),
  systemd: z.boolean(),
});
export type InstallationChoice = z.infer<typeof installationChoice>;

/** The sudo rule: this program, as root, with no arguments, without a password (sudoers(5); `""` is "no arguments"). */
export function sudoersText(account: string): string {
  return [
    "# Placed by Swarmkeep: this account starts Swarmkeep's helper as root. The helper writes files of the system,",
    '# so every program of this account can do as much as root.',
    `${accountName.parse(account)} ALL=(root) NOPASSWD: ${HELPER_PROGRAM} ""`,
    '',
  ].join('\n');
}

/** The text of a wrapper: the runtime and the bundle with nothing of the caller's environment. Constant but for the class. */
export function wrapperText(risk: RiskClass | null): string {
  const rest = risk === null ? '"$@"' : `--class=${risk}`;
  return [
    '#!/bin/sh',
    "# Starts Swarmkeep's helper with its own runtime and nothing of the caller's environment.",
    'exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \\',
    `  ${HELPER_FOLDER}/node ${RUNTIME_OPTIONS.join(' ')} \\`,
    `  ${HELPER_FOLDER}/swarmkeep-helper.mjs ${rest}`,
    '',
  ].join('\n');
}

/** Every file that is placed for this choice, in the order in which it is placed. */
export function placedFiles(choice: InstallationChoice): PlacedFile[] {
  const files: PlacedFile[] = [
    { source: 'runtime', path: `${HELPER_FOLDER}/node`, mode: '0755', why: 'Node.js, which runs the helper' },
    {
      source: 'helper',
      path: `${HELPER_FOLDER}/swarmkeep-helper.mjs`,
      mode: '0644',
      why: 'the helper: one file, a fixed list of things it can do',
    },
    {
      source: 'wrapper',
      path: HELPER_PROGRAM,
      mode: '0755',
      why: 'starts the helper with a clean environment',
    },
  ];
  if (choice.polkit) {
    for (const risk of ['look', 'change', 'network'] as const)
      files.push({
        source: `wrapper-${risk}`,
        path: programForClass(risk),
        mode: '0755',
        why: `starts the helper for requests of the class "${risk}" only`,
      });
    files.push({
      source: 'policy',
      path: POLICY_FILE,
      mode: '0644',
      why: 'what polkit asks before the helper starts',
    });
  }
  if (choice.systemd)
    files.push({
      source: 'boot-unit',
      path: BOOT_UNIT_FILE,
      mode: '0644',
      why: 'takes back at boot what nobody confirmed before the machine went down',
    });
  if (choice.sudoersFor !== null)
    files.push({
      source: 'sudoers',
      path: SUDOERS_FILE,
      mode: '0440',
      why: `lets ${choice.sudoersFor} start the helper without a password`,
    });
  return files;
}

/** A command that is run as root on the node, as an argument vector; `input` names what goes to its standard input. */
export interface InstallCommand {
  words: string;
  arguments: readonly [string, ...string[]];
  input: PlacedSource | null;
}

/**
 * Constant text. Refuses a folder that others than root can change, or one above it: what lies there could be replaced by them and
 * would be started as root. The mode's bits for the group are also the mask of an access list (acl(5)).
 */
const ROOTS_ALONE = `set -eu
alone() {
  folder=$1
  while :; do
    if [ -L "$folder" ] || [ ! -d "$folder" ] || [ "$(stat -c %u -- "$folder")" != 0 ]; then refused=yes
    else case $(stat -c %A -- "$folder") in ?????w* | ????????w*) refused=yes ;; *) refused=no ;; esac; fi
    if [ "$refused" = yes ]; then
      echo "Others than root can change $folder, so the helper is not placed below it. Mend that first: chown root $folder && chmod go-w $folder" >&2
      exit 4
    fi
    [ "$folder" = / ] && return 0
    folder=\${folder%/*}
    folder=\${folder:-/}
  done
}
`;

/** Constant text; $1 folder. A folder that is there keeps its owner and mode. */
const MAKE_FOLDER = `${ROOTS_ALONE}alone "\${1%/*}"
[ -d "$1" ] || { umask 022; mkdir -m 0755 "$1"; }
alone "$1"`;

/** Constant text; $1 path, $2 mode, $3 SHA-256, $4 a program that checks the new file or `true`. Whole or not at all. */
const PLACE = `${ROOTS_ALONE}alone "\${1%/*}"
umask 077
new="\${1%/*}/.\${1##*/}.new"
rm -f "$new"
trap 'rm -f "$new"' EXIT
cat > "$new"
printf '%s  %s\\n' "$3" "$new" | sha256sum --check --status || { echo "What arrived is not what was sent." >&2; exit 3; }
if [ "$4" = visudo ]; then visudo -cqf "$new"; fi
chown 0:0 "$new"
chmod "$2" "$new"
sync "$new"
mv -fT "$new" "$1"
trap - EXIT`;

/**
 * What "Allow changes on this node" runs as root, in order. `hashes` are the SHA-256 of every file that is placed; each is
 * checked on the node before it takes its place.
 */
export function installCommands(
  choice: InstallationChoice,
  hashes: Readonly<Partial<Record<PlacedSource, string>>>,
): InstallCommand[] {
  const folders = ['/usr/local/libexec', HELPER_FOLDER];
  const commands: InstallCommand[] = folders.map((folder) => ({
    words: `Make the folder ${folder} where it is not there`,
    arguments: ['sh', '-c', MAKE_FOLDER, 'sh', folder],
    input: null,
  }));
  for (const { source, path, mode, why } of placedFiles(choice)) {
    const hash = sha256.parse(hashes[source]);
    const check = source === 'sudoers' ? 'visudo' : 'true';
    commands.push({
      words: `Place ${path} (${why})`,
      arguments: ['sh', '-c', PLACE, 'sh', path, mode, hash, check],
      input: source,
    });
  }
  if (choice.systemd)
    for (const words of [['daemon-reload'], ['enable', '--quiet', BOOT_UNIT]])
      commands.push({
        words: `systemctl ${words.join(' ')}`,
        arguments: ['systemctl', ...words],
        input: null,
      });
  return commands;
}

/** Every choice at once: what may be placed at all. */
const EVERYTHING: InstallationChoice = { sudoersFor: 'root', polkit: true, systemd: true };
const ANY_HASH = '0'.repeat(64);

/**
 * Whether words are one of the commands that place the helper, whatever the hash. What is run as root is one of these, and not what
 * some record says.
 */
export function isInstallCommand(words: readonly string[]): boolean {
  const hashes = Object.fromEntries(placedFiles(EVERYTHING).map(({ source }) => [source, ANY_HASH]));
  const plain = JSON.stringify(words.map((word) => (/^[0-9a-f]{64}$/.test(word) ? ANY_HASH : word)));
  return installCommands(EVERYTHING, hashes).some((command) => JSON.stringify(command.arguments) === plain);
}

/** Every path that is taken away by "Stop changes on this node", files first, then folders that are empty then. */
export const REMOVED_FILES = [
  SUDOERS_FILE,
  POLICY_FILE,
  BOOT_UNIT_LINK,
  BOOT_UNIT_FILE,
  ...(['look', 'change', 'network'] as const).map(programForClass),
  HELPER_PROGRAM,
  `${HELPER_FOLDER}/swarmkeep-helper.mjs`,
  `${HELPER_FOLDER}/node`,
  `${HELPER_FOLDER}/${HASH_NAME}`,
  `${HELPER_FOLDER}/.${HASH_NAME}.new`,
] as const;
