import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '#core/hosts/run-process.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { type PeerAnswer, readPeerAnswer } from './pip-audit-answer.ts';

/** It asks a service for each package: one of three hundred takes half a minute on a slow line. */
const LIMIT_MS = 180_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** What a program needs to get out of a network, and nothing else that somebody may have set. */
const KEPT = [
  ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'],
  ...['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'],
];

export type Asked = { ok: true; answer: PeerAnswer } | { ok: false; reason: string };

/**
 * Has pip-audit look up a list of requirements. It resolves and installs nothing, and keeps nothing: its memory is a folder that
 * goes away. Names and versions of the packages go to the service that it asks.
 * @param program from `findPipAudit`
 * @param lines requirements, each `name==version`
 * @param environment of whoever asks; only what leads out of a network is handed on
 */
export async function askPipAudit(
  program: string,
  lines: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Asked> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-pip-audit-'));
  const printed: Buffer[] = [];
  try {
    const list = join(folder, 'requirements.txt');
    writeFileSync(list, `${lines.join('\n')}\n`, { mode: 0o600 });
    const options = ['--no-deps', '--disable-pip', '--format', 'json', '--progress-spinner', 'off'];
    const ended = await runProcess({
      program,
      arguments: ['--requirement', list, '--cache-dir', join(folder, 'cache'), ...options],
      environment: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: homedir(),
        LC_ALL: 'C.UTF-8',
        ...Object.fromEntries(KEPT.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []))),
      },
      script: '',
      endInput: true,
      timeoutMs: LIMIT_MS,
      maxStdoutBytes: MOST_BYTES,
      signal,
      onOutput: (chunk) => printed.push(chunk),
    });
    if (ended.how === 'not-started')
      return { ok: false, reason: `it could not be started (${ended.error.code ?? 'unknown error'})` };
    if (ended.how !== 'ended')
      return {
        ok: false,
        reason: ended.how === 'cancelled' ? 'it was called off' : 'it gave no answer within three minutes',
      };
    if (ended.end.cut) return { ok: false, reason: 'it printed more than any answer has' };
    // 1: it found something. An answer counts only as a whole, and only from one that ended as it should.
    const answer = [0, 1].includes(ended.end.exitCode ?? -1)
      ? readPeerAnswer(Buffer.concat(printed).toString('utf8'))
      : null;
    if (answer !== null) return { ok: true, answer };
    const last = ended.end.stderr.trim().split('\n').at(-1) ?? '';
    const said = last === '' ? '' : `: ${shortened(visible(last), 400)}`;
    return {
      ok: false,
      reason: `it gave no answer that can be read (exit code ${ended.end.exitCode}${said})`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
