import type { StoredEvent } from '../record-text.ts';

const WORDS = [
  'curl',
  'wget',
  '/tmp/x',
  'accepted',
  'Failed',
  'größe',
  'ÄRGER',
  'K',
  'a b',
  '10',
  '9',
  '2.5',
  '',
];
const USERS = ['minotaur', 'miu', 'root', 'Ines'];
const SEVERITIES = ['info', 'warning', 'error', null] as const;

/** A small generator of numbers that is the same every time (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** @returns an event made up from few words, so that queries find some and not all */
export function exampleEvent(random: () => number, at: number): Omit<StoredEvent, 'number'> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const [word, other, user] = [pick(WORDS), pick(WORDS), pick(USERS)];
  const pid = Math.floor(random() * 40);
  const fields: StoredEvent['fields'] = { User: user, pid, CommandLine: `${word} --to ${other}` };
  const more: StoredEvent['fields'] = random() < 0.3 ? { Tags: [word, other, true], Nothing: null } : {};
  const raw = random() < 0.1 ? '' : `${word} by ${user}[${pid}]: ${other}`;
  return {
    node: pick(['miu', 'uku']),
    source: pick(['journal', 'auth']),
    at,
    timeFrom: 'log',
    timeText: null,
    receivedAt: at,
    logsource: {
      product: 'linux',
      category: random() < 0.2 ? 'process_creation' : null,
      service: pick(['sshd', null]),
    },
    severity: pick(SEVERITIES),
    message: random() < 0.5 ? raw : `${user} did ${word}`,
    fields: random() < 0.05 ? { service: word, ...fields, ...more } : { ...fields, ...more },
    group: random() < 0.1 ? `g${pid}` : null,
    derived: false,
    raw,
    cut: null,
  };
}
