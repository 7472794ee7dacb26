import { networkInterfaces } from 'node:os';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Machine } from '../machine.ts';
import { asRefused } from '../refused.ts';
import { listTable } from '../verbs/nft-table.ts';
import { statOf } from '../walk/descriptor.ts';
import { accountsOf, listenersOn } from './accounts.ts';
import { askApi } from './ask-api.ts';
import { FENCE } from './fence-text.ts';
import { leaseOf } from './lease.ts';
import { readTokenFile, secretMac, type TokenFile, tokenIn, withFolder } from './token-file.ts';

type Seen = Extract<HelperAnswer, { answer: 'secret-seen' }>;

const MOST_ADDRESSES = 32;

/** Addresses of this machine by which others reach it: no loopback, no address that means another machine elsewhere (fe80::/10). */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    .map(({ address }) => address)
    .slice(0, MOST_ADDRESSES);
}

/** How the secret of this node stands; changes nothing. */
export async function lookAtSecret(
  machine: Machine,
  { path, port, nonce }: Extract<SecretAct, { act: 'look' }>,
): Promise<Seen> {
  let file: TokenFile | null = null;
  let folder: Seen['owner'] = null;
  let unfit: string | null = null;
  try {
    file = withFolder(machine, path, 'change', (held) => {
      const { uid, gid } = statOf(held.folder);
      folder = { uid: Number(uid), gid: Number(gid), mode: 0o600 };
      return readTokenFile(held, held.name);
    });
  } catch (thrown) {
    const refused = asRefused(thrown, path);
    if (refused.refusal !== 'not-found') unfit = refused.message.slice(0, 1_024);
  }
  const token = file === null ? '' : tokenIn(file.bytes);
  const status = token === '' ? null : await askApi('127.0.0.1', port, '/status', token);
  const uids = [...new Set([...(file === null ? [] : [file.uid]), ...listenersOn(port)])];
  return {
    answer: 'secret-seen',
    is: unfit !== null ? 'unfit' : token === '' ? 'none' : 'there',
    why: unfit ?? '',
    mac: token === '' ? null : secretMac(token, nonce),
    changedAt: file?.changedAt ?? null,
    owner: file === null ? folder : { uid: file.uid, gid: file.gid, mode: file.mode },
    status,
    accounts: accountsOf(machine, uids.length === 0 && folder !== null ? [ownerOf(folder)] : uids),
    addresses: ownAddresses(),
    lease: leaseOf(machine),
    fenced: hasFence(machine),
    clock: Date.now(),
  };
}

const ownerOf = ({ uid }: { uid: number }) => uid;

function hasFence(machine: Machine): boolean {
  try {
    return listTable(machine, FENCE) !== null;
  } catch {
    return false; // Without nft there is none.
  }
}
