import { describe, expect, it } from 'vitest';
import { argvOfExecStart, pathsOfExec, portOfCommand, roleOfCommand } from './command.ts';

describe('roleOfCommand', () => {
  it.each([
    [['/home/m/mycoSwarm/.venv/bin/python3', '/home/m/mycoSwarm/.venv/bin/mycoswarm', 'daemon'], 'daemon'],
    [['mycoswarm', 'daemon', '-v'], 'daemon'],
    [['/usr/bin/python3.11', '-u', '-X', 'dev', '/home/m/.local/bin/mycoswarm', 'dashboard'], 'dashboard'],
    [['python3', '-m', 'mycoswarm', 'daemon'], 'daemon'],
    [['python3', '-m', 'mycoswarm.cli', 'daemon', '--port', '7891'], 'daemon'],
    [['python', '-m', 'mycoswarm.dashboard'], 'dashboard'],
  ])('%j is a %s', (argv, role) => {
    expect(roleOfCommand(argv)).toBe(role);
  });

  it.each([
    [['vim', '/home/m/mycoswarm', 'daemon']],
    [['sudo', '-u', 'm', 'mycoswarm', 'daemon']],
    [['sh', '-c', 'mycoswarm daemon']],
    [['grep', 'mycoswarm', 'daemon']],
    [['python3', '-c', 'x', 'mycoswarm', 'daemon']],
    [['python3', 'other.py', 'mycoswarm', 'daemon']],
    [['mycoswarm', 'chat']],
    [['mycoswarm']],
    [[]],
  ])('%j is none', (argv) => {
    expect(roleOfCommand(argv)).toBeNull();
  });

  it('does not take a shell for the daemon, whatever it calls itself', () => {
    expect(roleOfCommand(['mycoswarm', 'daemon'], '/usr/bin/bash')).toBeNull();
  });
});

it('reads the port in both forms, and nothing that is no port', () => {
  expect(portOfCommand(['mycoswarm', 'daemon', '--port', '7891'])).toBe(7891);
  expect(portOfCommand(['mycoswarm', 'daemon', '--port=7892'])).toBe(7892);
  expect(portOfCommand(['mycoswarm', 'daemon', '--port', '70000'])).toBeNull();
  expect(portOfCommand(['mycoswarm', 'daemon', '--port'])).toBeNull();
});

it('reads the argument vector of systemctl show', () => {
  const property =
    '{ path=/opt/m/bin/mycoswarm ; argv[]=/opt/m/bin/mycoswarm daemon --port 7890 ; ignore_errors=no ; start_time=[n/a] ; pid=0 }';
  expect(argvOfExecStart(property)).toEqual(['/opt/m/bin/mycoswarm', 'daemon', '--port', '7890']);
  expect(argvOfExecStart('')).toEqual([]);
});

it('names every path of every command', () => {
  const first = '{ path=/bin/sh ; argv[]=sh -e /home/m/prep.sh ; ignore_errors=no ; start_time=[n/a] }';
  const second = '{ path=/usr/bin/env ; argv[]=/usr/bin/env --file=/etc/a "/srv/b"; ; ignore_errors=no ; }';
  const all = ['/bin/sh', '/usr/bin/env', '/home/m/prep.sh', '/etc/a', '/srv/b'];
  expect(pathsOfExec(`${first}\n${second}`)).toEqual(all);
  expect(pathsOfExec(`${first} ${second}`)).toEqual(all);
  expect(argvOfExecStart(`${first}\n${second}`)).toEqual(['sh', '-e', '/home/m/prep.sh']);
  expect(pathsOfExec('{ path=/bin/sh ; argv[]=/bin/sh /cut/sho')).toEqual(['/bin/sh', '/cut/sho']);
  expect(pathsOfExec('')).toEqual([]);
});
