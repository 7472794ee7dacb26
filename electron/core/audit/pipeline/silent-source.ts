import type { Detection } from '#core/detection/detector.ts';
import type { KeptSource } from '#core/store/audit/sources.ts';
import type { RuleInfo } from '#shared/domain/audit/alert.ts';
import type { AuditRecord } from '#shared/domain/audit/event.ts';

/** A source that speaks regularly and does not any more: not a rule of Sigma, which can only see what is there. */
export const SILENT_SOURCE: RuleInfo = {
  id: 'swarmkeep-silent-source',
  title: 'A log has fallen silent',
  level: 'medium',
  origin: 'built-in',
  story:
    'This log used to speak regularly and has said nothing for much longer than it ever did. Whoever wants to work unseen stops the log first; more often a service has ended, a disk is full, or the file has moved.',
  todo: 'Look whether what writes this log still runs, and whether the log is written somewhere else now. If that is meant, remove the source or pause it.',
  falsePositives: ['The service was stopped on purpose.', 'The node is asleep or off.'],
  leadsTo: { kind: 'check', check: 'audit-logging' },
};

/** @param since milliseconds since 1970 UTC @returns the event that says so, in the words of the console */
export function silenceRecord(source: Pick<KeptSource, 'id' | 'name'>, since: number): AuditRecord {
  return {
    at: null,
    timeText: null,
    logsource: { product: 'swarmkeep', category: null, service: 'audit' },
    severity: 'warning',
    message: `Swarmkeep: ${source.name} has said nothing since ${new Date(since).toISOString()}`,
    fields: { SilentSource: source.name, SilentSince: new Date(since).toISOString() },
    group: null,
    derived: false,
  };
}

/** @param number of the event that says it */
export function silenceDetection({ name }: Pick<KeptSource, 'name'>, number: number): Detection {
  return { rule: SILENT_SOURCE, entityField: 'SilentSource', entity: name, events: [number] };
}
