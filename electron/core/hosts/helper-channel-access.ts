import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { HelperAccess } from '#shared/domain/plan.ts';
import { fixCommand } from './command-hint.ts';
import { parseAnswer } from './helper-channel-answer.ts';

type Hello = Extract<HelperAnswer, { answer: 'hello' }>;

/** What the access script saw on a node. */
export interface SeenAccess {
  uid: number | null;
  installed: boolean;
  sudo: boolean;
  pkexec: boolean;
  hello: Partial<Record<'root' | 'sudo' | 'plain', Hello>>;
}

/** Reads the lines of the access script; other lines are a greeting of the login shell. */
export function readAccess(printed: string): SeenAccess {
  const seen: SeenAccess = { uid: null, installed: false, sudo: false, pkexec: false, hello: {} };
  for (const line of printed.split('\n')) {
    const [, word, rest = ''] = /^swarmkeep ([a-z-]+)(?: (.*))?$/.exec(line) ?? [];
    if (word === 'uid' && /^\d{1,10}$/.test(rest)) seen.uid = Number(rest);
    if (word === 'installed') seen.installed = true;
    if (word === 'sudo-there') seen.sudo = true;
    if (word === 'pkexec-there') seen.pkexec = true;
    if (word !== 'root' && word !== 'sudo' && word !== 'plain') continue;
    const answer = parseAnswer(rest);
    if (answer?.answer === 'hello') seen.hello[word] = answer;
  }
  return seen;
}

/** What decides besides what was seen there. */
export interface AccessMeans {
  nodeName: string;
  /** This computer, with a session in which polkit can show its window. */
  session: boolean;
  /** A shell that can ask for a password outside the renderer. */
  canAskPassword: boolean;
  /** SHA-256 of the helper that this console carries; null when it carries none. */
  bundle: string | null;
}

/** @returns the way to become administrator, in the order: nothing to ask, the system's own window, a password */
export function judgeAccess(seen: SeenAccess, means: AccessMeans): HelperAccess {
  const { nodeName } = means;
  const hello = seen.hello.root ?? seen.hello.sudo ?? seen.hello.plain ?? null;
  const outdated =
    hello !== null &&
    (hello.protocol !== HELPER_PROTOCOL || (means.bundle !== null && hello.bundle !== means.bundle));
  const access = (via: HelperAccess['via'], words: string): HelperAccess => ({
    via,
    installed: seen.installed,
    outdated,
    words: outdated
      ? `The helper on ${nodeName} is another one than this console's; it is replaced by "Allow changes on this node".`
      : words,
  });
  if (!seen.installed) {
    return access(
      'none',
      `Changes are not allowed on ${nodeName} yet: the helper of Swarmkeep is not there. "Allow changes on this node" puts it there.`,
    );
  }
  if (seen.hello.root) return access('root', `Swarmkeep is administrator on ${nodeName} already.`);
  if (seen.hello.sudo?.uid === 0) {
    return access('sudo', `sudo on ${nodeName} starts the helper of Swarmkeep without a password.`);
  }
  if (seen.uid === 0) {
    return access('none', `The helper on ${nodeName} does not answer as it should. Install it anew.`);
  }
  if (means.session && seen.pkexec) {
    return access('pkexec', `${nodeName} asks for an administrator's password in its own window.`);
  }
  if (seen.sudo && means.canAskPassword) {
    return access(
      'sudo-password',
      `sudo on ${nodeName} asks for your password. It is kept in memory for this plan and its change, and never written down.`,
    );
  }
  if (seen.sudo) {
    return access(
      'none',
      `sudo on ${nodeName} asks for a password, and this window cannot ask for one safely. Order changes in a terminal of this computer (${fixCommand(nodeName)}), or allow the helper without a password.`,
    );
  }
  return access(
    'none',
    `On ${nodeName} this account cannot become administrator: there is no sudo for it. Log in as one who may, or do the steps by hand.`,
  );
}
