import type { AuditStore } from '#core/store/audit/audit-store.ts';
import { Intake, type IntakeOptions } from '../pipeline/intake.ts';
import type { OpenSource } from '../pipeline/open-source.ts';
import { noFirstSeen } from './plain-rules.ts';

const nothing = (): undefined => undefined;

/** @returns an intake that nobody looks at, without a key, for tests that say what it detects */
export function intakeOn(
  store: AuditStore,
  more: Pick<IntakeOptions, 'createDetector'> & Partial<IntakeOptions>,
): Intake {
  return new Intake({
    store,
    signer: () => null,
    createFirstSeen: noFirstSeen,
    now: Date.now,
    committed: nothing,
    live: { stage: nothing, seal: nothing, settle: nothing, forget: nothing },
    ...more,
  });
}

/** Adds a source to what is followed. @returns it as a pump has it open */
export function sourceOn(store: AuditStore, id = 's', path = '/x'): OpenSource {
  const target = { kind: 'file', path } as const;
  store.durably(() => store.sources.add({ id, node: 'miu', target, name: path.slice(1), origin: 'added' }));
  const kept = store.sources.all().find((source) => source.id === id);
  if (kept === undefined) throw new Error('There is no source');
  return { kept, parsers: new Map(), utcOffsetMinutes: 0 };
}
