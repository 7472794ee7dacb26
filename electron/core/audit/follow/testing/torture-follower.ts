/**
 * For the torture test, run as a program of its own so that it can be killed: follows one file and appends each batch with its
 * position to a journal, in one write of one line. A line without its end was never committed.
 * Arguments: the log, the journal, and for SSH the console's folder, port and key file.
 */
import { closeSync, existsSync, fsyncSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { FileFollower } from '../files/file-follower.ts';
import type { LogReach } from '../files/log-reach.ts';
import { LocalReach } from '../local/local-reach.ts';
import { readLast } from './torture-journal.ts';

async function reachOf(folder: string | undefined, port: string, identityFile: string): Promise<LogReach> {
  if (folder === undefined) return new LocalReach();
  const { sshHost } = await import('#core/hosts/ssh.ts');
  const { NodeLoop } = await import('../remote/node-loop.ts');
  const { RemoteReach } = await import('../remote/remote-reach.ts');
  const address = { kind: 'ssh', host: '127.0.0.1', port: Number(port), user: 'root', identityFile } as const;
  return new RemoteReach(new NodeLoop(sshHost(address, folder)));
}

async function main(): Promise<void> {
  const [path = '', journal = '', folder, port = '', identityFile = ''] = process.argv.slice(2);
  const { last, bytes } = readLast(journal);
  if (existsSync(journal)) truncateSync(journal, bytes);
  const reach = await reachOf(folder, port, identityFile);
  // Written at an end that never comes otherwise; the next one starts in half the time.
  flushCompileCache();
  const follower = new FileFollower({ reach, path, position: last?.position, settleMs: 300 });
  const output = openSync(journal, 'a');
  for (let batch = await follower.next(); batch; batch = await follower.next()) {
    const { gaps } = batch;
    const lines = batch.lines.map(({ text }) => text);
    writeSync(output, `${JSON.stringify({ lines, gaps, position: batch.position })}\n`);
    // Only to keep the rotator from running away.
    if (lines.length > 0) writeFileSync(`${journal}.progress`, lines.at(-1) ?? '');
  }
  fsyncSync(output);
  closeSync(output);
}

if (import.meta.main) await main();
