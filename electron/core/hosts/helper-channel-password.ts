import { type HelperFailure, helperFailure, type RunPassword } from './helper-channel.ts';
import { PASSWORD_TRIAL, sudoLine } from './helper-channel-command.ts';
import type { HelperLine } from './helper-channel-line.ts';

/**
 * The line that sudo reads from standard input before anything else. The password is tried once by itself before: after a
 * wrong one sudo would read what follows as a second one.
 * @param words what is tried with it
 */
export function passwordLines(
  line: HelperLine,
  nodeName: string,
  password: RunPassword | undefined,
  words: readonly string[] = PASSWORD_TRIAL,
) {
  let trusted: string | null = null;
  return async (): Promise<{ ok: true; text: string } | { ok: false; failure: HelperFailure }> => {
    const given = password?.() ?? null;
    const text = sudoLine(given);
    if (text === null) {
      const message = `sudo on ${nodeName} needs a password.`;
      return helperFailure('password-needed', message, 'Order it again and type it.');
    }
    if (trusted === given) return { ok: true, text };
    const trial = await line.run({
      words,
      input: text,
      timeoutMs: 30_000,
      maxBytes: 65_536,
    });
    if (!trial.ok) return trial;
    if (trial.exitCode === 0) {
      trusted = given;
      return { ok: true, text };
    }
    if (/not in the sudoers|not allowed|may not run/i.test(trial.said)) {
      return helperFailure(
        'no-access',
        `sudo on ${nodeName} does not let this account do that.`,
        'Let an administrator of the machine add it, or do the steps by hand.',
      );
    }
    return helperFailure(
      'password-wrong',
      `sudo on ${nodeName} did not take the password.`,
      'Order it again and type the password that this account has there.',
    );
  };
}
