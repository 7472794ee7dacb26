/** Alerts of one rule that wait side by side: what matches about still other things folds into one. */
export const ALERTS_OF_A_RULE = 20;

const ruleOf = (number: number): string => `
title: Bench ${number}
id: 3f0a4a8e-6a55-4e3b-9a53-2b8a7f6f${String(number).padStart(4, '0')}
logsource:
  category: process_creation
detection:
  sel:
    benchalert${number}|exists: true
  condition: sel
level: high
swarmkeep:
  entity: [benchalert${number}]
`;

/** @returns rules enough for so many alerts, each about something else, in one file */
export const benchRules = (alerts: number): string =>
  Array.from({ length: Math.ceil(alerts / ALERTS_OF_A_RULE) }, (_, number) => ruleOf(number)).join('---');

/** @returns a line that raises the alert of this number, and what the alert is about */
export function alertLine(number: number): { line: string; entity: string } {
  const entity = `/usr/sbin/useradd-${number}`;
  const field = `benchalert${Math.floor(number / ALERTS_OF_A_RULE)}`;
  return {
    entity,
    line: `time=${new Date().toISOString()} level=warning User=minotaur Image=/usr/bin/python3 CommandLine="python3 tools/shell.py" task=${number} ${field}=${entity} msg="bench"`,
  };
}

const TOOLS = ['read_file', 'search', 'shell', 'fetch', 'write_file', 'list', 'think', 'remember'];
const HOSTS = ['docs.example.org', 'mirror.example.net', 'api.example.com', '10.0.3.7'];

/** A line of a program that an agent ran: key=value, some 200 characters, few different words and numbers that hardly repeat. */
export function lineOf(number: number): string {
  const at = new Date(Date.UTC(2026, 10, 1) + number * 400).toISOString();
  const tool = TOOLS[(number * 7) % TOOLS.length];
  const level = number % 997 === 0 ? 'error' : number % 50 === 0 ? 'warning' : 'info';
  const host = HOSTS[(number * 13) % HOSTS.length];
  return `time=${at} level=${level} User=minotaur Image=/usr/bin/python3 CommandLine="python3 tools/${tool}.py --task ${number % 4_999}" tool=${tool} task=${(number * 31) % 9_973} host=${host} bytes=${(number * 37) % 100_000} msg="${tool} of ${host} took ${number % 89} ms"`;
}
