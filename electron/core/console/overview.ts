import type { Overview } from '#shared/contract/findings.ts';
import { redUntil, wantsAdministrator } from '#shared/domain/administrator-look.ts';
import { countChecks, countingNodes } from '#shared/domain/counting.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { sentenceOfTheDay } from '#shared/domain/sentence.ts';
import { nextAction } from './next-action.ts';
import { briefOf, standingOf } from './standing.ts';

/** All that the overview is made of. */
export interface OverviewInput {
  /** The nodes that are meant: one, or all. */
  nodes: readonly SwarmNode[];
  findings: readonly TrackedFinding[];
  /** Ids of nodes on which mycoSwarm was found. */
  hasMycoswarm: ReadonlySet<string>;
  /** Changes of the last day, newest first. */
  since: Overview['since'];
  nextLookAt: string | null;
}

/** Puts Home together. Sample nodes stand on the stairs, and count only when there is no other node. Pure. */
export function overviewOf(input: OverviewInput): Overview {
  const byNode = Map.groupBy(input.findings, (finding) => finding.node);
  const nodes = [...input.nodes].sort((a, b) => a.name.localeCompare(b.name));
  const onStairs = nodes.map((node) => {
    const findings = byNode.get(node.id) ?? [];
    return { node, findings, standing: standingOf(node, findings, input.hasMycoswarm.has(node.id)) };
  });
  const meant = new Set(countingNodes(nodes));
  const counting = onStairs.filter(({ node }) => meant.has(node));
  const counted = counting.flatMap(({ findings }) => findings);
  const looks = counting.map(({ standing }) => standing.lookedAt).filter((at) => at !== null);
  return {
    sentence: sentenceOfTheDay(onStairs.map(({ standing, findings }) => briefOf(standing, findings))),
    counts: countChecks(counted),
    next: nextAction(counted),
    hidden: counting.flatMap(({ node, findings }) => hiddenOn(node, findings)),
    standings: onStairs.map(({ standing }) => standing),
    since: input.since,
    lookedAt: looks.sort().at(-1) ?? null,
    recorded: counting.length > 0 && counting.every(({ node }) => node.address.kind === 'recorded'),
    nextLookAt: input.nextLookAt,
  };
}

/** What needed fixing on a node and is out of sight of its newest look; nothing when there is no such thing. */
function hiddenOn(node: SwarmNode, findings: readonly TrackedFinding[]): NonNullable<Overview['hidden']> {
  const hidden = findings.filter((finding) => redUntil(finding) !== null);
  const until = hidden.flatMap((finding) => redUntil(finding) ?? []).sort()[0];
  if (until === undefined) return [];
  const administrator = hidden.some((finding) => wantsAdministrator(finding));
  return [{ node: node.id, nodeName: node.name, checks: hidden.length, until, administrator }];
}
