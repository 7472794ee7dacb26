import { describe, expect, it } from 'vitest';
import { journalMatches, journalScript } from './journal-script.ts';

describe('journalMatches', () => {
  it('asks by what only journald can write', () => {
    expect(journalMatches(null)).toEqual([]);
    expect(journalMatches('kernel')).toEqual(['_TRANSPORT=kernel']);
    expect(journalMatches('mycoswarm.service')?.slice(0, 4)).toEqual([
      '_SYSTEMD_UNIT=mycoswarm.service',
      '+',
      '_PID=1',
      'UNIT=mycoswarm.service',
    ]);
    expect(journalMatches('mycoswarm')?.[0]).toBe('_SYSTEMD_UNIT=mycoswarm.service');
  });

  it.for(['--vacuum-time=1s', 'a b', "a'b", 'a;b', '', 'x'.repeat(300), 'a\nb'])('refuses %j', (unit) => {
    expect(journalMatches(unit)).toBeNull();
  });
});

describe('journalScript', () => {
  it('takes cursors only as journald makes them', () => {
    expect(journalScript({ cursor: "s=1'; reboot;'" }, [])).toBeNull();
    expect(journalScript({ cursor: 's=0a;i=1f;b=9;m=2;t=3;x=4' }, [])).toContain(
      "'--cursor=s=0a;i=1f;b=9;m=2;t=3;x=4'",
    );
  });
});
