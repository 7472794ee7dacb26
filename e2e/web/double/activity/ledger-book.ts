import type { LedgerEvent, LedgerRecord, LedgerWho } from '#shared/domain/ledger.ts';
import type { LedgerScenario } from './activity-double.ts';

const CLOCK: LedgerWho = { shell: 'web', user: 'ines', scheduled: true };
const INES: LedgerWho = { shell: 'web', user: 'ines', scheduled: false };
const NODES = ['boa', 'miu', 'naru', 'uncho'] as const;

type Told = LedgerEvent extends infer E
  ? E extends LedgerEvent
    ? Omit<E, 'at'> & { minutes: number }
    : never
  : never;

const where = (name: string) => ({ node: name, name });

/** The change that `others` speak of: done on uncho at 17:05. */
export const UNCHO_CHANGE = 'a'.repeat(32);
const UNCHO_ORDER = {
  change: UNCHO_CHANGE,
  plan: 'e'.repeat(32),
  hash: '5'.repeat(64),
  purpose: 'fix' as const,
  title: 'Make the source read-only on uncho',
  checks: ['source-read-only' as const],
};

/** What was done on the evening, newest first, by minutes before its "now". */
const EVENING: readonly Told[] = [
  {
    minutes: 1,
    kind: 'report-exported',
    who: INES,
    where: null,
    what: { format: 'HTML', fileName: 'swarmkeep-2026-11-21.html', findings: 145 },
  },
  { minutes: 3, kind: 'look-ended', who: CLOCK, where: where('uncho'), what: look('uncho', 0) },
  { minutes: 3, kind: 'look-ended', who: CLOCK, where: where('naru'), what: look('naru', 1) },
  { minutes: 3, kind: 'look-ended', who: CLOCK, where: where('miu'), what: look('miu', 0) },
  {
    minutes: 4,
    kind: 'look-ended',
    who: CLOCK,
    where: where('pi'),
    what: {
      ...look('pi', null),
      outcome: 'failed',
      checks: [],
      error: 'pi did not answer within 5 seconds. It may be asleep.',
    },
  },
  {
    minutes: 31,
    kind: 'waiver-made',
    who: INES,
    where: where('boa'),
    what: {
      waiver: 'waiver-boa-sandbox',
      check: 'sandbox-mode',
      reason: 'Waits for the new kernel. boa runs no tasks with code until then.',
      until: '2026-12-12T22:59:59.000Z',
    },
  },
  {
    minutes: 58,
    kind: 'settings-changed',
    who: INES,
    where: null,
    what: {
      changes: [{ setting: 'Look again every', from: '60 minutes', to: '180 minutes', relaxes: true }],
    },
  },
  {
    minutes: 134,
    kind: 'change-settled',
    who: INES,
    where: where('uncho'),
    what: {
      ...UNCHO_ORDER,
      state: 'done',
      note: '',
    },
  },
  {
    minutes: 135,
    kind: 'change-ordered',
    who: INES,
    where: where('uncho'),
    what: {
      ...UNCHO_ORDER,
    },
  },
  {
    minutes: 137,
    kind: 'plan-shown',
    who: INES,
    where: where('uncho'),
    what: {
      plan: 'e'.repeat(32),
      hash: '5'.repeat(64),
      purpose: 'fix',
      title: 'Make the source read-only on uncho',
      checks: ['source-read-only'],
      steps: 2,
    },
  },
  {
    minutes: 140,
    kind: 'helper-installed',
    who: INES,
    where: where('uncho'),
    what: { version: '0.1.0', path: '/usr/local/libexec/swarmkeep' },
  },
  {
    minutes: 300,
    kind: 'declaration-made',
    who: INES,
    where: where('uncho'),
    what: {
      declaration: 'declaration-2',
      about: 'interface',
      value: 'wg0',
      reason: 'My own tunnel, only my phone is on the other side.',
    },
  },
];

function look(name: string, changed: number | null) {
  return {
    look: `look-${name}`,
    startedAt: '2026-11-21T19:16:00.000Z',
    outcome: 'done' as const,
    checks: [],
    verdicts: {
      pass: 17,
      fix: name === 'boa' || name === 'miu' ? 1 : 0,
      review: 1,
      unknown: 2,
      notApplicable: 2,
    },
    changed,
    error: null,
  };
}

/**
 * A ledger of any length: the evening at its end, hourly looks before it, the beginning at number 1.
 * @param now the scenario's present, milliseconds
 * @param size how many events there are, at least as many as the evening has
 */
export function ledgerOf(now: number, size: number, more: Partial<LedgerScenario> = {}): LedgerScenario {
  const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  return {
    size,
    ...more,
    recordAt(number): LedgerRecord {
      const back = size - number;
      const told = EVENING[back];
      if (told) {
        const { minutes, ...event } = told;
        return { ...event, at: at(minutes), format: 1, number } as LedgerRecord;
      }
      if (number === 1) {
        return {
          kind: 'ledger-begun',
          at: at(300 + back * 15),
          who: INES,
          where: null,
          what: { verifierKey: `swarmkeep.local/miu+1f2e3d4c+${'A'.repeat(44)}` },
          format: 1,
          number,
        };
      }
      const name = NODES[number % NODES.length] ?? 'miu';
      return {
        kind: 'look-ended',
        at: at(300 + (back - EVENING.length + 1) * 15),
        who: CLOCK,
        where: where(name),
        what: look(name, number % 7 === 0 ? 1 : 0),
        format: 1,
        number,
      };
    },
  };
}
