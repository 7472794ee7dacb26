import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Machine } from '../machine.ts';
import { askApi, fitsHeader } from './ask-api.ts';
import { RotationRecord } from './rotation-record.ts';
import { readTokenFile, secretMac, tokenIn, withFolder } from './token-file.ts';

const AGAIN_MS = 150;

/**
 * Proves what is in force, without a secret leaving: this node is asked over loopback with the secret of its file and with a random one,
 * and other nodes over the network with the one that was in force before, which is worth nothing any more.
 */
export async function verifySecret(
  machine: Machine,
  { rotation, path, port, nonce, others, waitMs }: Extract<SecretAct, { act: 'verify' }>,
): Promise<Extract<HelperAnswer, { answer: 'secret-verified' }>> {
  const file = withFolder(machine, path, 'look', (held) => readTokenFile(held, held.name));
  const token = file === null ? '' : tokenIn(file.bytes);
  const old = new RotationRecord(machine, rotation).old();
  // Where there was none before, or one that nobody can send, a random one has to be refused.
  const burned = old === null || !fitsHeader(tokenIn(old)) ? randomBytes(32).toString('hex') : tokenIn(old);
  const [status, wrong, ...statuses] = await Promise.all([
    token === '' ? null : askApi('127.0.0.1', port, '/status', token),
    askApi('127.0.0.1', port, '/status', randomBytes(32).toString('hex')),
    ...others.map((other) => askUntilRefused(other, burned, performance.now() + waitMs)),
  ]);
  return {
    answer: 'secret-verified',
    mac: token === '' ? null : secretMac(token, nonce),
    status: status ?? null,
    wrong: wrong ?? null,
    others: others.map(({ address }, index) => ({ address, status: statuses[index] ?? null })),
    hadOld: old !== null,
  };
}

/** Asks again while the other one restarts: it does not answer then, or still takes the secret that it read before. */
async function askUntilRefused(
  { address, port }: { address: string; port: number },
  burned: string,
  until: number,
): Promise<number | null> {
  for (;;) {
    const status = await askApi(address, port, '/identity', burned);
    if (status === 403 || performance.now() >= until) return status;
    await sleep(AGAIN_MS);
  }
}
