import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { Scenario } from './scenario.ts';

/** What decisions need of the console that they are part of. */
interface Desk {
  answer<T>(work: () => T): Promise<T>;
  id(kind: string): string;
  finding(node: string, check: string): TrackedFinding;
  changed(node: string | null): void;
}

/** Accepted risks and declarations, kept in the scenario. */
export function decisionsDouble(scenario: Scenario, desk: Desk): ConsoleService['decisions'] {
  return {
    waivers: ({ node }) =>
      desk.answer(() => scenario.waivers.filter((entry) => node === null || entry.node === node)),
    waive: ({ node, check, reason, until }) =>
      desk.answer(() => {
        const finding = desk.finding(node, check);
        if (!['fix', 'review', 'unknown'].includes(finding.status)) {
          throw new ConsoleError('NOT_ALLOWED', 'Only what is open can be accepted.');
        }
        const id = desk.id('waiver');
        finding.waiver = { id, reason, until, underneath: finding.status };
        finding.status = 'waived';
        const waiver = {
          id,
          node,
          check: finding.check,
          reason,
          createdAt: scenario.now,
          until,
          evidenceHash: 'b'.repeat(64),
          ended: null,
        };
        scenario.waivers.push(waiver);
        desk.changed(node);
        return waiver;
      }),
    withdraw: ({ waiver }) =>
      desk.answer(() => {
        const found = scenario.waivers.find((entry) => entry.id === waiver);
        if (!found) throw new ConsoleError('DECISION_UNKNOWN', 'There is no such entry.');
        found.ended = { at: scenario.now, why: 'withdrawn' };
        const finding = desk.finding(found.node, found.check);
        finding.status = finding.waiver?.underneath ?? 'unknown';
        finding.waiver = null;
        desk.changed(found.node);
        return found;
      }),
    declarations: () => desk.answer(() => scenario.declarations),
    declare: (input) =>
      desk.answer(() => {
        const declaration = { id: desk.id('declaration'), createdAt: scenario.now, ...input };
        scenario.declarations.push(declaration);
        desk.changed(input.node);
        return declaration;
      }),
    undeclare: ({ declaration }) =>
      desk.answer(() => {
        const before = scenario.declarations.length;
        scenario.declarations = scenario.declarations.filter((entry) => entry.id !== declaration);
        desk.changed(null);
        return { removed: scenario.declarations.length < before };
      }),
  };
}
