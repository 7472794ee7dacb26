import { describe, expect, it } from 'vitest';
import { isolateByHand } from './isolate-by-hand.ts';

const SINCE = '2026-11-21T22:31:00.000Z';
const local = { name: 'miu', address: { kind: 'local' } } as const;
const commands = (...given: Parameters<typeof isolateByHand>) =>
  isolateByHand(...given).map(({ command }) => command);

describe('what is done by hand', () => {
  it('freezes, keeps what goes away first, then ends', () => {
    const said = commands({ ...local, instances: [{ unit: 'swarm.service', user: 'mycoswarm' }] }, SINCE);
    expect(said).toEqual([
      'systemctl kill --signal=SIGSTOP swarm.service',
      '(date -u; ss -tunap; ps -eww -o user,pid,ppid,lstart,args) > /root/now.txt',
      'journalctl --unit=swarm.service --since="2026-11-21 21:31:00 UTC" > /root/journal.txt',
      'systemctl disable --now swarm.service',
    ]);
  });

  it('ends what was started by hand by its account, and never all that the administrator runs', () => {
    expect(commands({ ...local, instances: [{ unit: null, user: 'agents' }] }, SINCE)[0]).toBe(
      'pkill -STOP -u agents',
    );
    expect(commands({ ...local, instances: [{ unit: null, user: 'root' }] }, SINCE).join()).not.toMatch(
      /pkill/,
    );
  });

  it('puts nothing into a command that a shell could read otherwise', () => {
    const instances = [
      { unit: 'a.service; reboot', user: null },
      { unit: '--all.service', user: null },
      { unit: null, user: '$(reboot)' },
    ];
    const said = commands({ ...local, instances }, SINCE).join('\n');
    expect(said).not.toMatch(/reboot|--all/);
    expect(said).toContain('SIGSTOP mycoswarm.service');
  });

  it('says how to get to a node over SSH', () => {
    const address = { kind: 'ssh', host: 'naru.local', port: 2222, user: 'minotaur' } as const;
    expect(commands({ name: 'naru', address, instances: [] }, SINCE)[0]).toBe(
      'ssh -p 2222 -- minotaur@naru.local',
    );
  });
});
