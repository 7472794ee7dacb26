import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuditHeader } from './header.ts';

const type = fc.constantFrom('SYSCALL', 'EXECVE', 'PATH', 'UNKNOWN[1334]', '1300', 'A_1', 'lower', '', 'A B');
const stamp = fc.constantFrom(
  '1364481363.243:24287',
  '1364481363.243:2428',
  '1364481363.244:24287',
  '1.000:1',
  '1.00:1',
);
const line = fc
  .tuple(
    fc.constantFrom('', '', '', 'node=miu ', 'x '),
    fc.constantFrom('type=', 'type=', 'type=', ''),
    type,
    fc.constantFrom(' msg=audit(', ' msg=audit(', ' audit(', '  msg=audit('),
    stamp,
    fc.constantFrom('): ', '):', ') ', ')', '7): ', ']: '),
    fc.constantFrom('a=1', ' a=1', ':', ''),
  )
  .map((parts) => parts.join(''));

describe('the beginning of an audit record', () => {
  it('is read the same, whatever was read before', () => {
    const alone = new Map<string, unknown>();
    let read = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 8 }), (lines) => {
        for (const each of lines) {
          // Another stamp comes before, so that this one is not known.
          readAuditHeader('type=CWD msg=audit(7.777:7): cwd="/"');
          const own = readAuditHeader(each);
          if (own !== null) read += 1;
          alone.set(each, own);
        }
        for (const each of lines) expect(readAuditHeader(each)).toEqual(alone.get(each));
      }),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(1_000);
  });
});
