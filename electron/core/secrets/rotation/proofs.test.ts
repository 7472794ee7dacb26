import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import { reachedFirst } from './preflight.ts';
import { Proofs, verifyAct } from './proofs.ts';
import type { HeldSecret } from './secret.ts';

const SECRET = 'b'.repeat(64);
const mac = (nonce: string) => createHmac('sha256', nonce).update(SECRET).digest('hex');
const secret: HeldSecret = {
  hex: () => SECRET,
  proves: (given, nonce) => given === mac(nonce),
  wipe: () => {},
};

function node(id: string, addresses: string[]): StoredRotationNode {
  return {
    node: id,
    name: id,
    part: 'rotates',
    state: 'committed',
    message: null,
    stagedAt: null,
    committedAt: null,
    acceptsSince: null,
    verifiedAt: null,
    oldRefused: null,
    newProven: null,
    skewMs: 0,
    place: {
      path: '/home/m/.config/mycoswarm/swarm-token',
      unit: 'mycoswarm.service',
      port: 7_890,
      owner: { uid: 1, gid: 1 },
      accounts: ['1'],
      addresses,
    },
    fence: 'all',
    keepsOld: true,
  };
}

/** What `asker` says of itself, which is well, and of the others: a status for each. */
function told(asker: StoredRotationNode, others: StoredRotationNode[], statuses: number[], hadOld: boolean) {
  const proofs = new Proofs();
  const act = verifyAct('0'.repeat(32), asker, others);
  if (act === null) throw new Error('nothing to ask');
  const answer = {
    answer: 'secret-verified' as const,
    mac: mac(act.nonce),
    status: 200,
    wrong: 403,
    others: act.others.map(({ address }, index) => ({ address, status: statuses[index] ?? null })),
    hadOld,
  };
  proofs.take(asker, act, answer, secret, others);
  return proofs;
}

describe('proofs', () => {
  it('say that the old secret is refused only where it was asked with', () => {
    const [asker, other] = [node('a', ['10.0.0.1']), node('b', ['10.0.0.2'])];
    expect(told(asker, [other], [403], true).oldRefused('b')).toBe(true);
    expect(told(asker, [other], [403], false).oldRefused('b')).toBe(null);
    expect(told(asker, [other], [200], false).oldRefused('b')).toBe(false);
    expect(told(asker, [other], [200], false).of('b').why).toContain('a random secret');
  });

  it('are whole with a random one refused, where there was no old one', () => {
    const alone = node('a', ['10.0.0.1']);
    expect(told(alone, [alone], [403], false).isWhole('a')).toBe(true);
    expect(told(alone, [alone], [200], false).isWhole('a')).toBe(false);
  });

  it('keep nodes apart that name the same address', () => {
    const asker = node('a', ['10.0.0.1']);
    const others = [node('b', ['172.17.0.1', '10.0.0.2']), node('c', ['172.17.0.1', '10.0.0.3'])];
    const proofs = told(asker, others, [403, 200], true);
    expect([proofs.oldRefused('b'), proofs.oldRefused('c')]).toEqual([true, false]);
  });

  it('ask a node by the address by which it is reached', () => {
    expect(reachedFirst(['172.17.0.1', '10.0.0.2'], '10.0.0.2')).toEqual(['10.0.0.2', '172.17.0.1']);
    expect(reachedFirst(['172.17.0.1'], '192.0.2.1')).toEqual(['172.17.0.1']);
  });
});
