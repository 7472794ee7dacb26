import type { SshServerFacts } from '#shared/domain/facts/machine.ts';
import type { Check, CheckInput } from './check.ts';
import { conclude, doesNotApply } from './conclude.ts';
import { AS_ADMINISTRATOR, gapParts, notSeen, seen, sourceOf, unseenPart } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, byHand, writeFileStep } from './steps.ts';

/** Settings by which nobody gets in by guessing a password; of several values OpenSSH takes the first (sshd_config(5)). */
export const KEYS_ONLY: readonly string[] = [
  'PasswordAuthentication no',
  'KbdInteractiveAuthentication no',
  'PermitRootLogin prohibit-password',
  'PermitEmptyPasswords no',
];
export const KEYS_ONLY_FILE = '/etc/ssh/sshd_config.d/00-swarmkeep.conf';

/** What OpenSSH does when nothing is written (sshd_config(5)). */
const DEFAULTS: Readonly<Record<string, string>> = {
  passwordauthentication: 'yes',
  kbdinteractiveauthentication: 'yes',
  permitrootlogin: 'prohibit-password',
  permitemptypasswords: 'no',
  authenticationmethods: 'any',
};

/** A value as `sshd -T` tells it, else the first one written outside Match blocks, else the default (sshd_config(5)). */
function settingOf(server: SshServerFacts, keyword: string): { value: string; from: string } {
  if (server.effective !== null) {
    const told = Object.hasOwn(server.effective, keyword) ? server.effective[keyword] : undefined;
    if (told !== undefined) return { value: told.join(' ').toLowerCase(), from: 'sshd -T' };
  }
  const names =
    keyword === 'kbdinteractiveauthentication' ? [keyword, 'challengeresponseauthentication'] : [keyword];
  const written = server.written.find((line) => !line.inMatch && names.includes(line.keyword));
  if (written !== undefined) return { value: written.value.toLowerCase(), from: written.file };
  return { value: DEFAULTS[keyword] ?? '', from: 'default of OpenSSH' };
}

function fixSteps(input: CheckInput, isDormant: boolean) {
  return [
    byHand(
      'First make sure that you can log in with a key, and keep one session open while you change this.',
    ),
    writeFileStep(
      input,
      'Turn off passwords; of several values OpenSSH takes the first',
      KEYS_ONLY_FILE,
      KEYS_ONLY,
    ),
    asRoot(input, 'Let OpenSSH check what is written')`sshd -t`,
    isDormant
      ? byHand('The server is not running, so nothing has to be reloaded: it reads this when it starts.')
      : asRoot(input, 'Use it; open sessions stay')`systemctl reload ssh`,
  ];
}

function serverParts(input: CheckInput, server: SshServerFacts, isDormant: boolean): Part[] {
  const node = input.nodeName;
  const known = server.effective !== null || server.written.length > 0;
  if (!known)
    return [
      notSeen(
        input,
        'settings of the SSH server',
        'sshd -T was not answered, and no file of its settings could be read',
        sourceOf(input, 'sshServer'),
        AS_ADMINISTRATOR,
      ),
    ];
  const parts: Part[] = [];
  const methods = settingOf(server, 'authenticationmethods');
  const alternatives = methods.value.split(/\s+/);
  const needsKey =
    methods.value !== 'any' &&
    alternatives.every((list) => list.split(',').some((method) => method === 'publickey'));
  for (const [keyword, name] of [
    ['passwordauthentication', 'PasswordAuthentication'],
    ['kbdinteractiveauthentication', 'KbdInteractiveAuthentication'],
  ] as const) {
    const { value, from } = settingOf(server, keyword);
    const what = `${name} ${value}`;
    if (value === 'no')
      parts.push({ what, seen: 'no login by password this way', status: 'pass', source: from });
    else if (needsKey)
      parts.push({
        what: `${what}, AuthenticationMethods ${methods.value}`,
        seen: 'a key is asked for besides',
        status: 'pass',
        source: from,
      });
    else {
      parts.push({
        what,
        seen: 'anyone who guesses a password gets in',
        status: 'fix',
        severity: 'high',
        source: from,
        headline: `Someone who guesses a password can log in to ${node}.`,
        steps: fixSteps(input, isDormant),
      });
    }
  }
  const root = settingOf(server, 'permitrootlogin');
  const rootNeedsKey = root.value !== 'yes' || needsKey || parts.every((part) => part.status === 'pass');
  parts.push(
    rootNeedsKey
      ? {
          what: `PermitRootLogin ${root.value}`,
          seen: 'not with a password',
          status: 'pass',
          source: root.from,
        }
      : {
          what: `PermitRootLogin ${root.value}`,
          seen: 'the administrator can log in with a password',
          status: 'fix',
          severity: 'critical',
          source: root.from,
          headline: `The administrator of ${node} can log in with a password.`,
          steps: fixSteps(input, isDormant),
        },
  );
  const empty = settingOf(server, 'permitemptypasswords');
  if (empty.value === 'yes') {
    parts.push({
      what: 'PermitEmptyPasswords yes',
      seen: 'accounts without a password can log in',
      status: 'fix',
      severity: 'critical',
      source: empty.from,
      headline: `Accounts without a password can log in to ${node}.`,
      steps: fixSteps(input, isDormant),
    });
  }
  for (const line of server.written.filter(
    (entry) =>
      entry.inMatch &&
      /^(passwordauthentication|kbdinteractiveauthentication|permitemptypasswords)$/.test(entry.keyword),
  )) {
    if (line.value.toLowerCase() === 'no') continue;
    parts.push({
      what: `${line.keyword} ${line.value}, for some logins`,
      seen: 'a Match block turns passwords on',
      status: 'review',
      severity: 'medium',
      source: line.file,
      headline: `Some logins to ${node} may use a password.`,
      steps: [asRoot(input, 'See for whom')`grep -n -A8 -i '^match' -- ${line.file}`],
    });
  }
  // Match blocks and included files show only in what is written.
  if (server.effective !== null && server.written.length === 0) {
    parts.push({
      what: 'Match blocks',
      seen: 'not looked at: sshd tells what holds for all',
      status: 'not-applicable',
      source: 'sshd -T',
    });
  }
  if (server.effective === null) parts.push(...gapParts(input, 'sshServer'));
  return parts;
}

/** The same part for a server that nobody can reach now: no open door, and something to decide before it is started. */
function dormant(input: CheckInput, part: Part): Part {
  if (part.status !== 'fix') return part;
  return {
    ...part,
    seen: `if it were started: ${part.seen}`,
    status: 'review',
    severity: 'low',
    headline: `The SSH server on ${input.nodeName} is not running; if it were started, it would let people in by password.`,
  };
}

/** Nobody gets in by guessing a password. */
export const sshServer: Check = {
  id: 'ssh-server',
  run(input) {
    const node = input.nodeName;
    const server = seen(input, 'sshServer');
    const hidden = unseenPart(input, 'sshServer');
    if (server !== null && !server.installed && !server.listening) {
      return doesNotApply(
        'ssh-server',
        input,
        `There is no SSH server on ${node}.`,
        'Installing one would change this.',
      );
    }
    const parts: Part[] = hidden === null ? [] : [hidden];
    if (server !== null) {
      // Whether it listens is known only where the sockets were seen; else it counts as reachable.
      const unsure = gapParts(input, 'sshServer', (what) => what === 'whether the SSH server listens');
      const isDormant = !server.listening && unsure.length === 0;
      if (isDormant)
        parts.push({
          what: 'SSH server',
          seen: 'installed, and not running now',
          status: 'not-applicable',
          source: sourceOf(input, 'sshServer'),
        });
      const found = serverParts(input, server, isDormant);
      parts.push(...(isDormant ? found.map((part) => dormant(input, part)) : found));
    }
    return conclude('ssh-server', input, parts, {
      pass: `Nobody can log in to ${node} by guessing a password.`,
      detail: { fix: 'A password can be guessed, by a machine, all night. A key cannot.' },
      wouldChange: {
        pass: 'Passwords turned on again for the SSH server would change this.',
        otherwise: 'Logins by key only would make this fine.',
      },
    });
  },
};
