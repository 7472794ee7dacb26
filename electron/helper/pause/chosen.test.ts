import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AgentProcess, allProcesses, readProcess } from './agent-processes.ts';
import { chooseProcesses } from './chosen.ts';

const SELF = 900;

function process(pid: number, parent: number, uid: number, more: Partial<AgentProcess> = {}): AgentProcess {
  return {
    pid,
    parent,
    name: `p${pid}`,
    uids: [uid, uid, uid, uid],
    state: 'S',
    stopping: false,
    group: '/user.slice',
    ...more,
  };
}

/** A machine: init, sshd of the operator (1000) with this run below it, and whatever else. */
const WAY_IN = [process(1, 0, 0), process(50, 1, 0), process(60, 50, 1000), process(SELF, 60, 0)];
const chosen = (more: AgentProcess[], accounts: string[], units: string[] = []) => {
  const { processes, spared } = chooseProcesses([...WAY_IN, ...more], { accounts, units }, SELF);
  return { pids: processes.map(({ pid }) => pid), spared };
};

describe('whom a pause is about', () => {
  it('takes every process of the accounts, whatever of its uids it is', () => {
    const more = [
      process(100, 1, 1001),
      process(101, 1, 0, { uids: [0, 1001, 0, 0] }),
      process(102, 1, 1002),
    ];
    expect(chosen(more, ['1001'])).toEqual({ pids: [100, 101], spared: [] });
  });

  it('takes accounts that they can become, by range', () => {
    const more = [process(100, 1, 100_000), process(101, 1, 165_535), process(102, 1, 165_536)];
    expect(chosen(more, ['100000-165535']).pids).toEqual([100, 101]);
  });

  it('takes what runs in a unit and below it, as root too, and no unit of a similar name', () => {
    const more = [
      process(100, 1, 0, { group: '/system.slice/mycoswarm.service' }),
      process(101, 1, 0, { group: '/system.slice/mycoswarm.service/child' }),
      process(102, 1, 0, { group: '/system.slice/mycoswarm.service2' }),
      process(103, 1, 0, { group: '/system.slice/not-mycoswarm.service' }),
    ];
    expect(chosen(more, [], ['mycoswarm.service']).pids).toEqual([100, 101]);
  });

  it('never takes root’s own, this run or the way to it, nor all of the account that asks', () => {
    const more = [
      process(100, 1, 1000),
      process(101, 1, 1000, { group: '/system.slice/mycoswarm.service' }),
      process(102, 1, 0),
    ];
    expect(chosen(more, ['1000', '0', '0-10'], ['mycoswarm.service'])).toEqual({
      pids: [101],
      spared: [1000],
    });
  });

  it('keeps the way in free even where it runs in the unit', () => {
    const inUnit = WAY_IN.map((one) => ({ ...one, group: '/system.slice/mycoswarm.service' }));
    const { processes } = chooseProcesses(inUnit, { accounts: [], units: ['mycoswarm.service'] }, SELF);
    expect(processes).toEqual([]);
  });
});

it('reads what a process says of itself, and does not believe its name', () => {
  const status =
    'Name:\tevil\\nUid:\\t0\nState:\tT (stopped)\nPPid:\t7\nUid:\t1001\t1001\t1001\t1001\nShdPnd:\t0000000000040000\n';
  expect(readProcess(9, status, '1:name=systemd:/a/b.service\n0::/x\n')).toEqual({
    pid: 9,
    parent: 7,
    name: 'evil\\nUid:\\t0',
    uids: [1001, 1001, 1001, 1001],
    state: 'T',
    stopping: true,
    group: '/a/b.service',
  });
  expect(readProcess(9, '', '').uids).toEqual([]);
});

it.skipIf(!existsSync('/proc/self/status'))('calls nobody still where it can see nobody', () => {
  expect(allProcesses().length).toBeGreaterThan(0);
  // A folder without processes, as a node that hides them shows it.
  expect(() => allProcesses('/proc/self/net')).toThrow('cannot be seen');
});
