import { exampleFinding } from '#core/store/testing/example-findings.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { FACTS_FORMAT, type Facts, subjects } from '#shared/domain/facts/facts.ts';
import type { Evidence, FindingStatus } from '#shared/domain/finding.ts';
import { blankInstance, type InstanceProfile } from '#shared/domain/profile.ts';
import type { LookFailure, Looking } from '../looking.ts';

/** What a node of a test says when it is looked at. */
export interface ActedNode {
  statuses: Partial<Record<CheckId, FindingStatus>>;
  /** Seen in the evidence of every finding. */
  evidence?: string;
  /** Further entries of the evidence. */
  more?: string[];
  fails?: LookFailure;
  /** Awaited before it answers. */
  gate?: Promise<void>;
  /** Never answers and does not listen to its signal either. */
  deaf?: boolean;
  uid?: number | null;
}

/**
 * Looking without machines, for tests of the console: nodes act as told by name. Facts are real in shape, findings are
 * made from what was acted when the facts were taken.
 */
export function fakeLooking(nodes: Record<string, ActedNode>, now: () => Date) {
  const seen = { collecting: [] as string[], declarations: [] as number[] };
  const looking: Looking = {
    async collect({ node, signal, onProgress }) {
      seen.collecting.push(node.name);
      const acted = nodes[node.name] ?? { statuses: {} };
      onProgress({ subjectsDone: 1, subjectsTotal: 19, present: 'who the node is' });
      if (acted.deaf) await new Promise(() => undefined);
      await acted.gate;
      signal.throwIfAborted();
      if (acted.fails) return { ok: false, error: acted.fails };
      return { ok: true, facts: factsOf(node.name, acted, now()) };
    },
    check({ facts, nodeName, declarations, now: at }, only) {
      seen.declarations.push(declarations.length);
      const acted: ActedNode = JSON.parse(facts.collectedBy);
      const meant = new Set(declarations.map((entry) => entry.value));
      return Object.entries(acted.statuses)
        .filter(([check]) => only === undefined || only.includes(check as CheckId))
        .map(([check, status]) => {
          const counts = meant.has(check) ? 'pass' : status;
          const evidence = [acted.evidence ?? 'as ever', ...(acted.more ?? [])].map(
            (what): Evidence => ({ what, seen: 'seen', status: counts, source: 'test', raw: null }),
          );
          return exampleFinding(check as CheckId, counts, {
            summary: `${check} is ${counts} on ${nodeName}.`,
            evidence,
            observedAt: at.toISOString(),
          });
        });
    },
  };
  return { looking, seen };
}

function factsOf(name: string, acted: ActedNode, now: Date): Facts {
  const at = now.toISOString();
  const unseen = { state: 'unseen', at, source: 'test', reason: 'not acted', wouldHelp: null };
  const all = Object.fromEntries(Object.keys(subjects.shape).map((subject) => [subject, unseen]));
  const { statuses, evidence, more } = acted;
  return {
    format: FACTS_FORMAT,
    // The one text of facts that is free: carries what is acted, so that stored facts can be judged again.
    collectedBy: JSON.stringify({ statuses, evidence, more }),
    collectedAt: at,
    tookMs: 1,
    node: { name, reachedBy: 'ssh' },
    privilege: 'user',
    redacted: false,
    profile: { instances: [instance(acted.uid === undefined ? 990 : acted.uid)], corrected: [] },
    subjects: subjects.parse(all),
  };
}

function instance(uid: number | null): InstanceProfile {
  return {
    ...blankInstance('mycoswarm.service', 'systemd'),
    user: 'mycoswarm',
    uid,
    unit: 'mycoswarm.service',
    version: '0.2.16',
    apiPort: 7890,
    running: true,
  };
}
