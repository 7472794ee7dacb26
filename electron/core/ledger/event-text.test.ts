import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import {
  LEDGER_EVENT_LIMIT,
  LEDGER_KINDS,
  LEDGER_WHAT,
  type LedgerEvent,
  type LedgerKind,
  ledgerRecord,
} from '#shared/domain/ledger.ts';
import { LEDGER_SUBJECTS, ledgerSentence } from '#shared/domain/ledger-words.ts';
import { eventLines } from './event-text.ts';
import { plainWriterOf } from './plain-writer.ts';

const at = '2026-11-22T06:00:00.000Z';
const hash = 'ab'.repeat(32);
const verifierKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const plan = {
  plan: 'p',
  hash,
  purpose: 'fix',
  title: 'Close the way out',
  checks: ['outbound-firewall'],
} as const;

/** One event of every kind, its keys in no order, with text that somebody hostile chose. */
const EVERY = (text: string): Record<LedgerKind, unknown> => ({
  'ledger-begun': { verifierKey },
  'ledger-key-replaced': { reason: text, verifierKey },
  'events-missed': { since: at, count: 2, reason: text },
  'look-ended': {
    outcome: 'failed',
    look: text,
    error: text,
    startedAt: at,
    checks: ['ssh-server', 'dedicated-user'],
    verdicts: { unknown: 1, lacking: 1, pass: 2, review: 3, notApplicable: 4, fix: 5 },
  },
  'plan-shown': { ...plan, steps: 2 },
  'plan-agreed': { steps: 2, ...plan },
  'change-ordered': { change: 'c', ...plan },
  'change-settled': { state: 'done', note: text, change: 'c', ...plan },
  'rotation-agreed': {
    rotation: 'r',
    purpose: 'rotate',
    hash: 'a'.repeat(64),
    nodes: [text],
    leftOut: [text],
    emergency: true,
    count: 1,
  },
  'rotation-moved': { stage: 'aborted', rotation: 'r', note: text },
  'rotation-node': { state: 'away', note: text, rotation: 'r' },
  'evidence-taken': {
    evidence: 'e',
    sealed: 2,
    partial: false,
    incident: null,
    archive: 'a'.repeat(64),
    manifest: 'b'.repeat(64),
    pieces: 3,
    privilege: 'root',
  },
  'baseline-taken': { reason: 'level-1', hash: 'c'.repeat(64), files: 4 },
  'incident-opened': { name: text, number: 3, incident: 'i', seen: text, about: 'exfiltration', since: at },
  'incident-agreed': {
    title: text,
    step: 'isolate',
    plan: 'p',
    number: 3,
    incident: 'i',
    hash: 'a'.repeat(64),
  },
  'isolation-found-open': { note: text, isolation: 'i' },
  'incident-moved': { did: 'done', step: null, proof: 'part', number: 3, incident: 'i', note: text },
  'waiver-made': { waiver: 'w', until: at, reason: text, check: 'ssh-server' },
  'waiver-withdrawn': { waiver: 'w', check: 'ssh-server' },
  'declaration-made': { value: text, reason: text, declaration: 'd', about: 'interface' },
  'declaration-withdrawn': { value: text, declaration: 'd', about: 'interface' },
  'weakness-accepted': {
    entry: text,
    package: text,
    advisory: text,
    version: null,
    reason: text,
    until: at,
    untilFixed: true,
  },
  'dependency-described': { package: text, purpose: text, licence: text, risk: text },
  'weakness-acceptance-withdrawn': { entry: text, package: text, advisory: text },
  'sealed-store-changed': { keyPlace: 'passphrase', deed: 'set-up' },
  'agents-paused': { paused: 2, missing: [text] },
  'agents-resumed': { missing: [text] },
  'advisories-taken': { advisories: 2, newest: at, origin: text },
  'settings-changed': { changes: [{ to: text, from: text, setting: 'x', relaxes: true }] },
  'watching-began': {},
  'events-checkpoint': { size: 3, root: `${'A'.repeat(43)}=` },
  'events-removed': { upTo: 4_096 },
  'events-exported': { fileName: text, query: text, events: 2 },
  'matches-silenced': { silence: text, query: text, rule: null, reason: text, until: at },
  'silence-ended': { silence: text },
  'alert-answered': { alert: text, title: text, state: null, note: text },
  'source-changed': { source: text, change: 'paused' },
  'report-exported': { format: 'json', findings: 3, fileName: text },
  'backup-made': { logs: true, fileName: text },
  'console-restored': { madeAt: at, computer: text },
  'node-added': { reachedBy: 'ssh', address: text },
  'node-renamed': { to: text, from: text },
  'node-removed': {},
  'node-restored': {},
  'profile-corrected': { fields: [text, text] },
  'host-keys-confirmed': { port: 22, host: text, fingerprints: [text] },
  'helper-installed': { version: text, path: '/usr' },
  'helper-removed': { version: text, path: '/usr' },
});

function eventOf(kind: LedgerKind, text: string): LedgerEvent {
  return {
    what: EVERY(text)[kind],
    kind,
    who: { user: text, scheduled: false, shell: 'web' },
    where: { name: text, node: 'miu' },
    at,
  } as LedgerEvent;
}

/** The same value with one part of it, at whatever depth, made another one or taken away. */
function changed(value: unknown, by: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return by;
  const parts = Object.entries(value).map(([key, part]) =>
    fc.oneof(
      changed(part, by).map((other) => withPart(value, key, other)),
      fc.constant(Object.fromEntries(Object.entries(value).filter(([own]) => own !== key))),
    ),
  );
  return fc.oneof(by, ...parts);
}

const withPart = (value: object, key: string, part: unknown): object =>
  Array.isArray(value)
    ? value.map((own, index) => (String(index) === key ? part : own))
    : { ...value, [key]: part };

/** As the writer of the ledger puts it together. */
const whole = (lines: string, number: number): string => lines.split('\n').join(String(number));

// The first use of the unseen characters of Unicode makes their expression, which takes a busy machine a while.
describe('events of the ledger', { timeout: 30_000 }, () => {
  it.each(LEDGER_KINDS)('%s is written canonically, whatever text is in it, and reads back', (kind) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(), (text, number) => {
        const lines = eventLines([eventOf(kind, text)]);
        expect(lines.split('\n')).toHaveLength(2);
        const written = whole(lines, number + 1);
        const value = JSON.parse(written);
        expect(written).toBe(canonicalJson(value));
        const record = ledgerRecord.parse(value);
        expect(record.number).toBe(number + 1);
        // What was made visible once stays as it is: reading changes nothing.
        expect(record).toEqual(value);
        const sentence = ledgerSentence(record);
        expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(sentence).not.toContain('undefined');
      }),
      { numRuns: 40 },
    );
  });

  it.each(LEDGER_KINDS)(
    '%s is written in one pass when its text is plain, exactly as its form reads it',
    (kind) => {
      const form = LEDGER_WHAT[kind] as unknown as z.ZodType<Json>;
      const write = plainWriterOf(form);
      const what = EVERY('Plain text, 42')[kind];
      expect(write(what)).toBe(canonicalJson(form.parse(what)));
      const someText = fc.oneof(
        fc.string(),
        fc.constantFrom('"', '\\', '\u007f', 'é', at, hash, 'x'.repeat(257)),
      );
      const anything = fc.oneof(
        fc.anything(),
        someText,
        fc.integer(),
        fc.constantFrom(-1, -0, 0.5, 2 ** 53, null, true),
      );
      fc.assert(
        fc.property(changed(what, anything), (value) => {
          const written = write(value);
          if (written === null) return;
          expect(written).toBe(canonicalJson(form.parse(value)));
        }),
        { numRuns: 300 },
      );
    },
  );

  it('have each a place among the filters of the page', () => {
    const placed = Object.values(LEDGER_SUBJECTS).flatMap((subject) => subject.kinds);
    expect([...placed].sort()).toEqual([...LEDGER_KINDS].sort());
  });

  it('are refused when they are not of their form', () => {
    const event = eventOf('node-removed', 'x');
    for (const wrong of [
      { ...event, kind: 'something-else' },
      { ...event, at: 'yesterday' },
      { ...event, where: { node: '../x', name: 'x' } },
      { ...event, where: { node: '', name: '' } },
      { ...event, at: '' },
      { ...event, who: { shell: 'root', user: 'x', scheduled: false } },
      { ...event, salt: 'short' },
    ]) {
      expect(() => eventLines([wrong as LedgerEvent])).toThrow();
    }
    const long = eventOf('profile-corrected', 'x');
    const fields = Array.from({ length: 256 }, () => 'x'.repeat(256));
    expect(() => eventLines([{ ...long, what: { fields } } as LedgerEvent])).toThrow(RangeError);
    expect(LEDGER_EVENT_LIMIT).toBeLessThan(256 * 256);
  });

  it('drop what their form does not name: a secret that was handed in by mistake is not written', () => {
    const event = { ...eventOf('node-removed', 'x'), password: 'hunter2', what: { password: 'hunter2' } };
    expect(eventLines([event as unknown as LedgerEvent])).not.toContain('hunter2');
  });

  it('keep the salt of texts that may be pruned', () => {
    const salt = 'A'.repeat(22);
    expect(JSON.parse(whole(eventLines([{ ...eventOf('node-removed', 'x'), salt }]), 7))).toMatchObject({
      salt,
      number: 7,
    });
  });
});
