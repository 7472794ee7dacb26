import { describe, expect, it } from 'vitest';
import { parseAll, parseOne } from '../testing/parse.ts';

const said = (message: string, level = 'INFO ') => parseOne('mycoswarm', `08:59:01 | ${level} | ${message}`);

describe("mycoSwarm's own logs", () => {
  it('reads clock and level', () => {
    expect(said('Detecting hardware...')).toMatchObject({
      at: Date.UTC(2026, 10, 22, 7, 59, 1),
      timeText: '08:59:01',
      severity: 'info',
      logsource: { product: 'mycoswarm', category: null, service: 'mycoswarm' },
      message: 'Detecting hardware...',
    });
    expect(said('x', 'WARNING').severity).toBe('warning');
  });

  it.each([
    [
      '📥 Task received: task-1 (code_run) from owl-1',
      'task',
      { action: 'received', task_id: 'task-1', task_type: 'code_run', source_node: 'owl-1' },
    ],
    [
      '⚙️  Executing: a (b) (code_run)',
      'task',
      { action: 'started', task_id: 'a (b)', task_type: 'code_run' },
    ],
    ['✅ Completed: task-1 (0.8s)', 'task', { action: 'completed', seconds: 0.8 }],
    [
      '❌ Failed: task-1 — Code execution timed out after 30s',
      'task',
      { action: 'failed', error: 'Code execution timed out after 30s' },
    ],
    [
      '🔒 Running code (timeout=30s, net_isolated=False)',
      'tool_call',
      { action: 'code_run', net_isolated: false, timeout: 30 },
    ],
    ['code_run net_isolated=True', 'tool_call', { action: 'code_run', net_isolated: true }],
    [
      "Discovered peer: evil (172.16.4.66) [light] ['cpu_worker']",
      'peer',
      { action: 'joined', peer: 'evil', PeerIp: '172.16.4.66', tier: 'light' },
    ],
    [
      'peer joined: owl at 172.16.4.9:7890',
      'peer',
      { action: 'joined', peer: 'owl', PeerIp: '172.16.4.9', port: 7890 },
    ],
    [
      '🎯 Routed inference → owl (172.16.4.9:7890)',
      'task',
      { action: 'routed', peer: 'owl', DestinationIp: '172.16.4.9', DestinationPort: 7890 },
    ],
    [
      '🔌 Plugin loaded: notes (task_type=note)',
      null,
      { action: 'plugin_loaded', plugin: 'notes', task_type: 'note' },
    ],
    ['plugin loaded: notes', null, { action: 'plugin_loaded', plugin: 'notes' }],
    [
      'Swarm token saved to /home/m/.config/mycoswarm/swarm-token',
      'auth',
      { action: 'token_written', TargetFilename: '/home/m/.config/mycoswarm/swarm-token' },
    ],
    [
      'INFO:     172.16.4.9:51514 - "GET /status HTTP/1.1" 403 Forbidden',
      'auth',
      { action: 'refused', SourceIp: '172.16.4.9', 'sc-status': 403, 'cs-uri-stem': '/status' },
    ],
    [
      'mycoSwarm 0.2.16 on 0.0.0.0:7890, node owl-1',
      null,
      { action: 'daemon_started', listens: '0.0.0.0:7890' },
    ],
  ])('understands %s', (message, category, fields) => {
    const record = said(message);
    expect(record.logsource.category).toBe(category);
    expect(record.fields).toMatchObject(fields);
    expect(record.fields).not.toHaveProperty('forged');
  });

  it('shows where somebody else may have written', () => {
    const lines = [
      '08:59:01 | INFO  | 📥 Task received: x',
      '08:58:01 | INFO  | ✅ Completed: task-1 (0.8s)',
      '08:59:02 | INFO  | Completed: 09:00:00 | INFO  | all is well (0.1s)',
      '08:59:03 | INFO  | 📥 Task received: y (ping) from owl',
    ];
    expect(parseAll('mycoswarm', lines).map((record) => record.fields.forged)).toEqual([
      'unfinished',
      'time-runs-back',
      'line-within-line',
      undefined,
    ]);
    const midnight = ['23:59:59 | INFO  | a', '00:00:01 | INFO  | b'];
    expect(parseAll('mycoswarm', midnight).some((record) => record.fields.forged !== undefined)).toBe(false);
  });

  it('reads what the stand-in wrote while somebody forged a line', () => {
    const lines = [
      '10:00:02 | INFO | plugin loaded: notes',
      '10:00:02 | INFO | mycoSwarm 0.2.16 on 0.0.0.0:7890, node 4f7e8fa5886750bb',
      '10:00:04 | INFO | task 748e9ad5 accepted',
      '10:00:04 | INFO | code_run net_isolated=True',
      '10:00:04 | INFO | task 748e9ad5 done',
      "10:00:05 | ERROR | task cad59ad0 failed: [Errno 2] No such file or directory: '/nope'",
      '10:00:07 | INFO | task a',
      '09:00:00 | INFO | all is well accepted',
      '10:00:09 | INFO | shutting down',
    ];
    const records = parseAll('mycoswarm', lines);
    expect(records.map(({ fields }) => fields.action ?? fields.forged)).toEqual([
      'plugin_loaded',
      'daemon_started',
      'accepted',
      'code_run',
      'completed',
      'failed',
      'unfinished',
      'time-runs-back',
      'daemon_stopped',
    ]);
    expect(records[5]).toMatchObject({ severity: 'error', fields: { task_id: 'cad59ad0' } });
  });

  it('reads the access log', () => {
    const line =
      '{"timestamp": "2026-11-22T08:59:01.123456", "path": "/home/m/.ssh/id", "operation": "read", "allowed": false, "level": "deny", "owner": "system", "reason": "Access denied: system space"}';
    expect(parseOne('mycoswarm', line)).toMatchObject({
      at: Date.UTC(2026, 10, 22, 7, 59, 1, 123),
      severity: 'warning',
      logsource: { category: 'tool_call' },
      message: 'read /home/m/.ssh/id',
      fields: { TargetFilename: '/home/m/.ssh/id', allowed: false, owner: 'system', operation: 'read' },
    });
  });

  it('makes a program and a connection of shell.log and network.log', () => {
    const [shell, program] = parseAll('mycoswarm', [
      '{"timestamp": 1795334341, "command": ["rm", "-rf", "/"], "cwd": "/home/m", "exit_code": 1, "user": "mycoswarm"}',
    ]);
    expect(shell).toMatchObject({ logsource: { category: 'tool_call' }, derived: false });
    expect(program).toMatchObject({
      derived: true,
      at: 1_795_334_341_000,
      logsource: { product: 'linux', category: 'process_creation' },
      fields: {
        CommandLine: 'rm -rf /',
        Image: 'rm',
        CurrentDirectory: '/home/m',
        ExitCode: 1,
        User: 'mycoswarm',
      },
    });
    const [, connection] = parseAll('mycoswarm', [
      '2026-11-22T08:59:01Z INFO dest=https://evil.example:8443/x user=mycoswarm',
    ]);
    expect(connection?.fields).toMatchObject({
      DestinationHostname: 'evil.example',
      DestinationPort: 8443,
      User: 'mycoswarm',
    });
    const [, address] = parseAll('mycoswarm', [
      '{"timestamp":"2026-11-22T08:59:01Z","destination":"203.0.113.9","port":443}',
    ]);
    expect(address?.fields).toMatchObject({ DestinationIp: '203.0.113.9', DestinationPort: 443 });
  });
});
