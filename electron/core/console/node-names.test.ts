import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeId } from '#shared/domain/node.ts';
import { freeId, freeName, suggestedName } from './node-names.ts';

describe('names of nodes', () => {
  it('suggests the first word of the host name and leaves addresses whole', () => {
    const ssh = (host: string) => suggestedName({ kind: 'ssh', host, port: 22 }, 'x');
    expect(ssh('naru.local')).toBe('naru');
    expect(ssh('192.168.1.24')).toBe('192.168.1.24');
    expect(ssh('fe80::1')).toBe('fe80::1');
    expect(suggestedName({ kind: 'local' }, 'desk.home.arpa')).toBe('desk');
    expect(suggestedName({ kind: 'local' }, '')).toBe('node');
    expect(suggestedName({ kind: 'recorded', sample: true }, 'x')).toBe('sample');
  });

  it('makes a valid and free id of anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.nat(4), (name, others) => {
        const taken = new Set<string>();
        for (let index = 0; index <= others; index += 1) {
          const id = freeId(name, taken);
          expect(nodeId.safeParse(id).success).toBe(true);
          expect(taken.has(id)).toBe(false);
          taken.add(id);
        }
      }),
    );
  });

  it('numbers a name that is taken', () => {
    expect(freeName('miu', new Set(['miu', 'miu 2']))).toBe('miu 3');
  });
});
