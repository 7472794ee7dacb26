import { seen } from '#core/checks/knowledge.ts';
import { KEYS_ONLY, KEYS_ONLY_FILE } from '#core/checks/ssh-server.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { type Needed, obstacleAt, sha256Of, stateAt } from './at-path.ts';
import { targetsFor } from './drop-in.ts';
import type { Fix, FixInput } from './fix.ts';
import { notAutomatic, planned, whyNotOffered } from './planned.ts';
import { afterUndo, makeDirectory, ownerWords, step, typed, writeFile } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

const MAIN_FILE = '/etc/ssh/sshd_config';
const FOLDER = '/etc/ssh/sshd_config.d';
/** Gone with the next start of the machine, and with it what it says. */
const RUNTIME_FOLDER = '/run/swarmkeep';
const RUNTIME_FILE = `${RUNTIME_FOLDER}/sshd.conf`;
/** Groups whose members distributions let act as administrator (sudoers(5) as Debian, Fedora, Arch and Ubuntu ship it). */
const isOfAdministrators = (group: string) => ['sudo', 'wheel', 'admin'].includes(group);
const DEBIAN_LIKE = ['debian', 'ubuntu', 'raspbian', 'linuxmint', 'pop'];

const SETTINGS = KEYS_ONLY.map((line) => `${line}\n`).join('');
/** A file that is not there is no error to sshd, so after a restart of the machine this says nothing (sshd_config(5), Include). */
const POINTER = `Include ${RUNTIME_FILE}\n`;

const NEEDS: readonly Needed[] = [
  { path: MAIN_FILE, kind: 'file' },
  { path: FOLDER, kind: 'directory' },
  { path: KEYS_ONLY_FILE, kind: 'file' },
  { path: RUNTIME_FOLDER, kind: 'directory' },
  { path: RUNTIME_FILE, kind: 'file' },
];

function unitOf(input: Known): string {
  return DEBIAN_LIKE.includes(seen(input, 'identity')?.operatingSystem.id ?? '')
    ? 'ssh.service'
    : 'sshd.service';
}

/**
 * Why passwords may not be switched off by a program: nobody has shown that a key gets in. The console itself reaches a node by
 * key only (BatchMode, PasswordAuthentication=no), so a look over SSH is a session by key; besides, somebody who may act as
 * administrator must have a key written down.
 */
function whyLockedOut(input: Known): string | null {
  const accounts = seen(input, 'accounts')?.accounts ?? [];
  const hasKey = accounts.some(
    ({ uid, authorizedKeys, sudoRules, groups }) =>
      (authorizedKeys ?? 0) > 0 &&
      // The rules themselves may be closed to whoever looks; these groups are what they are for.
      (uid === 0 || (sudoRules?.length ?? 0) > 0 || (sudoRules === null && groups.some(isOfAdministrators))),
  );
  if (!hasKey)
    return 'No account that may act as administrator has a key written down here, so without passwords nobody would get in. Put your key there first (ssh-copy-id), log in with it, then look again.';
  return input.facts.node.reachedBy === 'ssh' || input.facts.node.reachedBy === 'local'
    ? null
    : 'This was recorded and is not a node that can be reached now.';
}

/** Whether the file of the server takes in the folder, ahead of any setting of its own that would count first. */
function whyNotRead(input: FixInput): string | null {
  const state = stateAt(input, MAIN_FILE);
  if (state?.kind !== 'file' || state.text === null) return null;
  const lines = state.text.split('\n').map((line) => line.trim());
  const include = lines.findIndex((line) =>
    /^include\s+(\/etc\/ssh\/)?sshd_config\.d\/\*\.conf$/i.test(line),
  );
  const first = lines.findIndex((line) =>
    /^(passwordauthentication|kbdinteractiveauthentication|challengeresponseauthentication|permitrootlogin|permitemptypasswords|match)\b/i.test(
      line,
    ),
  );
  if (include >= 0 && (first < 0 || include < first)) return null;
  return `${MAIN_FILE} does not take in ${FOLDER} ahead of its own settings, and of several values the first counts. Change it by the steps of the finding.`;
}

function tryAndUse(input: FixInput, unit: string, isRunning: boolean, phase: PlanStep['phase']): PlanStep[] {
  return [
    step(
      input,
      'Let OpenSSH check what is written; if it does not like it, all of this is taken back',
      { verb: 'test-ssh-server' },
      typed('sshd', '-t'),
      { phase, undo: 'Nothing was changed by this.' },
    ),
    ...(isRunning
      ? [
          step(
            input,
            'Use it; open sessions stay',
            { verb: 'set-unit', unit, action: 'reload', reread: false },
            typed('systemctl', 'reload', '--', unit),
            { phase, undo: 'The server reads its old settings again.' },
          ),
        ]
      : []),
  ];
}

/** The lasting file in place of the one that only points: what is there then is known from the step before. */
function keepStep(input: FixInput): PlanStep {
  const own = { uid: 0, gid: 0, mode: 0o644 };
  return step(
    input,
    'Turn off passwords at every start',
    {
      verb: 'write-file',
      path: KEYS_ONLY_FILE,
      contents: Buffer.from(SETTINGS, 'utf8').toString('base64'),
      ...own,
      expect: { kind: 'file', sha256: sha256Of(POINTER), ...own },
    },
    {
      kind: 'file',
      path: KEYS_ONLY_FILE,
      before: POINTER,
      after: SETTINGS,
      attributes: ownerWords(input, own),
    },
    { phase: 'when-kept', undo: `${KEYS_ONLY_FILE} points to ${RUNTIME_FILE} again, and then goes.` },
  );
}

/** Turns off passwords for logins over SSH, where a key is known to get in; takes itself back unless it is kept. */
export const sshServerFix: Fix = {
  check: 'ssh-server',
  words:
    'Turns off logins by password, only where a key is known to get in, and takes itself back unless you keep it.',
  after: [],
  targets: () => targetsFor(NEEDS),
  plan: (input) => {
    const offered = whyNotOffered(input, ['sshServer', 'accounts', 'identity']);
    if (offered !== null) return notAutomatic(offered);
    const server = seen(input, 'sshServer');
    const blocks = server?.written.filter(
      ({ inMatch, keyword, value }) =>
        inMatch &&
        /^(passwordauthentication|kbdinteractiveauthentication|permitemptypasswords)$/.test(keyword) &&
        value.toLowerCase() !== 'no',
    );
    if (blocks !== undefined && blocks.length > 0)
      return notAutomatic(
        'A Match block turns passwords on for some logins, and whom it is for only you know. Take the steps of the finding by hand.',
      );
    const refused = whyLockedOut(input) ?? obstacleAt(input, NEEDS) ?? whyNotRead(input);
    if (refused !== null) return notAutomatic(refused);
    const unit = unitOf(input);
    const isRunning = server?.listening ?? false;
    return planned({
      title: 'Let nobody log in by password',
      settings: [
        {
          check: 'ssh-server',
          setting: 'Logins over SSH',
          from: input.finding.summary,
          to: 'by key only; root by key only, or not at all where that was so',
          takesEffect: 'for new logins at once; at every start only after you kept it. Open sessions stay',
          recover: `It takes itself back unless you keep it, asked over a new connection. At the machine: remove ${KEYS_ONLY_FILE} and reload ${unit}`,
        },
      ],
      steps: [
        afterUndo(input, { units: isRunning ? [{ unit, action: 'reload' }] : [] }),
        ...makeDirectory(input, 'Make a folder that the next start of the machine forgets', {
          path: RUNTIME_FOLDER,
        }),
        ...writeFile(input, 'Turn off passwords until the next start of the machine', {
          path: RUNTIME_FILE,
          text: SETTINGS,
        }),
        ...makeDirectory(input, 'Make the folder for your own settings of the SSH server', { path: FOLDER }),
        ...writeFile(input, 'Let the SSH server read them', { path: KEYS_ONLY_FILE, text: POINTER }),
        ...tryAndUse(input, unit, isRunning, 'now'),
        keepStep(input),
        ...tryAndUse(input, unit, isRunning, 'when-kept'),
      ],
      proofs: [{ kind: 'check', check: 'ssh-server' }],
      mayCutOff: true,
    });
  },
};
