import type { AuditEvent } from '#shared/domain/audit/event.ts';

/** The same numbers on every day: a small generator with a seed (Park and Miller's minimal standard). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

export type Kind = 'net' | 'stopped' | 'tool' | 'sh' | 'svc';

/** How many events of each kind and node fill the twelve minutes from 22:29 to 22:41: 4,529 in all, 214 of them stopped. */
export const KNOCKING = {
  kinds: { net: 1_704, tool: 2_204, sh: 311, svc: 96 },
  nodes: { naru: 2_423, uncho: 1_120, miu: 772 },
  stopped: 214,
};

const ADDRESSES: Readonly<Record<string, string>> = {
  naru: '192.168.1.31',
  uncho: '192.168.1.32',
  miu: '192.168.1.30',
  boa: '192.168.1.24',
};
const TOOLS = [
  'file_read workspace/articles/soil-ph.md 2.1 KB',
  'code_run exit 0, 41 ms, net_isolated=True',
  'file_write workspace/research/notes.md 812 B',
  'memory_search "tomato seedlings" 4 hits',
  'file_list workspace/articles 31 entries',
];
const COMMANDS = [
  'python3 workspace/research/plot.py',
  'ls -la workspace/artifacts',
  'grep -rn seedling workspace/articles',
];

/** One event of a kind, as the parsers make it. */
export function eventOf(number: number, at: number, node: string, kind: Kind, turn: number): AuditEvent {
  const iso = new Date(at).toISOString();
  const base = {
    number,
    node,
    at: iso,
    timeFrom: 'log' as const,
    receivedAt: new Date(at + 80).toISOString(),
    severity: 'info' as const,
    group: null,
    derived: false,
    cut: null,
  };
  const clock = iso.slice(11, 19);
  if (kind === 'net' || kind === 'stopped') {
    const stopped = kind === 'stopped';
    const source = ADDRESSES[node] ?? '192.168.1.40';
    const port = 40_000 + (turn % 20_000);
    const to = stopped ? '203.0.113.50' : turn % 3 === 0 ? '224.0.0.251' : '192.168.1.30';
    const toPort = stopped ? 443 : turn % 3 === 0 ? 5_353 : 7_890;
    const protocol = turn % 3 === 0 && !stopped ? 'udp' : 'tcp';
    return {
      ...base,
      source: `${node}-firewall`,
      timeText: `Nov 21 ${clock}`,
      logsource: { product: 'linux', category: 'network_connection', service: 'nftables' },
      message: `${stopped ? 'stopped' : 'allowed'} ${protocol} ${to}:${toPort} out eth0`,
      fields: {
        Outcome: stopped ? 'stopped' : 'allowed',
        DestinationIp: to,
        DestinationPort: toPort,
        SourceIp: source,
        SourcePort: port,
        Protocol: protocol,
        interface: 'eth0',
        uid: 998,
        User: 'mycoswarm',
        rule: stopped ? 'swarmkeep-out drop' : 'swarmkeep-out accept',
        bytes: stopped ? 60 : 60 + (turn % 900),
      },
      raw: `Nov 21 ${clock} ${node} kernel: swarmkeep-out ${stopped ? 'drop' : 'accept'}: IN= OUT=eth0 SRC=${source} DST=${to} LEN=60 TTL=64 PROTO=${protocol.toUpperCase()} SPT=${port} DPT=${toPort} SYN UID=998 GID=998`,
    };
  }
  if (kind === 'tool') {
    const text =
      turn === -1 ? 'web_digest fetch https://203.0.113.50/feed' : (TOOLS[turn % TOOLS.length] ?? '');
    const [tool = ''] = text.split(' ');
    return {
      ...base,
      source: `${node}-journal`,
      timeText: clock,
      logsource: { product: 'mycoswarm', category: 'tool_call', service: 'mycoswarm' },
      message: text,
      fields: { Outcome: 'allowed', tool, arguments: text.slice(tool.length + 1), uid: 998 },
      raw: `${clock} | INFO | tool ${text}`,
    };
  }
  if (kind === 'sh') {
    const command = COMMANDS[turn % COMMANDS.length] ?? '';
    return {
      ...base,
      source: `${node}-audit`,
      timeText: `${(at / 1_000).toFixed(3)}`,
      logsource: { product: 'linux', category: 'process_creation', service: 'auditd' },
      message: `${command} exit 0`,
      fields: {
        Outcome: 'allowed',
        Image: `/usr/bin/${command.split(' ')[0]}`,
        CommandLine: command,
        User: 'mycoswarm',
        uid: 998,
        ProcessId: 4_000 + (turn % 2_000),
        exit: 0,
      },
      group: `${(at / 1_000).toFixed(3)}:${4_711 + turn}`,
      derived: true,
      raw: `type=SYSCALL msg=audit(${(at / 1_000).toFixed(3)}:${4_711 + turn}): arch=c000003e syscall=59 success=yes exit=0 uid=998 comm="${command.split(' ')[0]}" key="agent-exec"`,
    };
  }
  const failed = turn % 24 === 7;
  const task = (0x7f3a9c + turn).toString(16).slice(-6);
  return {
    ...base,
    severity: failed ? 'error' : 'info',
    source: `${node}-journal`,
    timeText: clock,
    logsource: { product: 'mycoswarm', category: 'task', service: 'mycoswarm' },
    message: failed
      ? `task ${task} failed: peer did not answer`
      : `task ${task} routed to naru (llama3.1:8b)`,
    fields: { Outcome: 'allowed', task, peer: 'naru', model: 'llama3.1:8b' },
    raw: `${clock} | ${failed ? 'ERROR' : 'INFO'} | task ${task} ${failed ? 'failed: peer did not answer' : 'routed to naru (llama3.1:8b)'}`,
  };
}

const NODES = ['naru', 'uncho', 'miu'] as const;
const KINDS: readonly Kind[] = ['net', 'tool', 'tool', 'sh', 'net', 'tool', 'net', 'svc'];

/** Any quiet event by its number: what agents do all day. */
export function quietEvent(number: number, at: number): AuditEvent {
  const turn = (number * 7_919) % 104_729;
  return eventOf(number, at, NODES[turn % 3] ?? 'miu', KINDS[turn % KINDS.length] ?? 'tool', turn);
}

/**
 * The hour before 22:41 of the evening: quiet until 22:29, then 4,529 events of which 214 were stopped.
 * @param end 22:41 in milliseconds
 * @param last the number of the last event
 */
export function eveningEvents(end: number, last: number): AuditEvent[] {
  const roll = dice(20_261_121);
  const began = end - 12 * 60_000;
  const planned: { at: number; make: (number: number, at: number) => AuditEvent }[] = [];
  // Quiet: sixty to a hundred in half a minute, breathing.
  for (let at = end - 60 * 60_000; at < began; at += 30_000) {
    const many = 44 + roll(26) + Math.round(18 * Math.sin(at / 400_000));
    for (let turn = 0; turn < many; turn += 1) {
      planned.push({ at: at + roll(30_000), make: quietEvent });
    }
  }
  const kinds = shuffled(
    Object.entries(KNOCKING.kinds).flatMap(([kind, many]) => Array<Kind>(many).fill(kind as Kind)),
    roll,
  );
  const nodes = shuffled(
    Object.entries(KNOCKING.nodes).flatMap(([node, many]) => Array<string>(many).fill(node)),
    roll,
  );
  kinds.forEach((kind, index) => {
    const node = nodes[index] ?? 'naru';
    // The first two minutes are as quiet as before; then it swells.
    const at = index < 330 ? began + roll(120_000) : began + 120_000 + swelling(roll) * 600_000;
    planned.push({ at, make: (number, when) => eventOf(number, when, node, kind, index) });
  });
  for (let turn = 0; turn < KNOCKING.stopped; turn += 1) {
    const at = began + 120_000 + Math.floor((turn / KNOCKING.stopped) * 597_000) + roll(1_800);
    planned.push({ at, make: (number, when) => eventOf(number, when, 'naru', 'stopped', 8_122 + turn) });
  }
  planned.sort((a, b) => a.at - b.at);
  const first = last - planned.length + 1;
  const events = planned.map(({ at, make }, index) => make(first + index, Math.floor(at)));
  // What knocks: the plugin, just before one of the attempts.
  const knock = events.findIndex(
    ({ fields, at }) => fields.Outcome === 'stopped' && Date.parse(at) > end - 3 * 60_000 - 6_000,
  );
  const place = events.findLastIndex(
    ({ node, fields }, index) => index < knock && node === 'naru' && fields.tool !== undefined,
  );
  const before = events[place];
  if (before) events[place] = eventOf(before.number, Date.parse(before.at), 'naru', 'tool', -1);
  return events;
}

/** More in the middle than at the ends, 0 to 1. */
function swelling(roll: (below: number) => number): number {
  return (roll(1_000) + roll(1_000) + roll(1_000)) / 3_000 > 0.5 === roll(10) > 3
    ? roll(1_000) / 1_000
    : roll(800) / 1_000;
}

function shuffled<T>(list: T[], roll: (below: number) => number): T[] {
  for (let index = list.length - 1; index > 0; index -= 1) {
    const other = roll(index + 1);
    const [a, b] = [list[index], list[other]];
    if (a !== undefined && b !== undefined) [list[index], list[other]] = [b, a];
  }
  return list;
}
