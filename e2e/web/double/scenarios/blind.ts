import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { Scenario } from '../scenario.ts';
import { house } from './house.ts';

/** What was seen on miu when somebody looked as administrator. */
const RED = ['swarm-secret'];

/**
 * The evening of the house after a look at miu by an account that may not see what belongs to the agent's: its secret, which needed fixing in
 * the afternoon, is out of sight.
 */
export function blind(): Scenario {
  const base = house();
  const until = new Date(Date.parse(base.now) - 3 * 3_600_000).toISOString();
  return {
    ...base,
    name: 'blind',
    sentence: 'One thing on miu could not be seen by the last look; it needed fixing on 21 November.',
    nodes: base.nodes.filter(({ id }) => id === 'miu'),
    findings: base.findings
      .filter(({ node }) => node === 'miu')
      .map((finding) => (RED.includes(finding.check) ? outOfSight(finding, until) : quiet(finding))),
    since: [],
    fixes: {
      agrees: true,
      access: {
        miu: base.fixes?.access.miu ?? { via: 'none', installed: false, outdated: false, words: '' },
      },
      edit: (plan) => ({
        ...plan,
        left: plan.checks.map((check) => ({
          check,
          reason: 'The file of the secret was not seen. Look at this node as administrator, then plan again.',
        })),
        checks: [],
        settings: [],
        steps: [],
        proofs: [],
        blocked: 'There is nothing to do for a program.',
      }),
    },
  };
}

function outOfSight(finding: TrackedFinding, until: string): TrackedFinding {
  return {
    ...finding,
    status: 'unknown',
    summary: 'Whether the swarm secret on miu is private could not be seen',
    detail: 'Its folder belongs to another account, and is closed to the one that looks.',
    wouldHelp: 'look at this node as administrator',
    evidence: finding.evidence.map((entry) => ({
      ...entry,
      status: 'unknown' as const,
      seen: 'could not be read',
      raw: null,
    })),
    fix: [],
    before: { status: 'fix', until },
  };
}

/** Everything else is fine, so that the page is about this one thing. */
function quiet(finding: TrackedFinding): TrackedFinding {
  return finding.status === 'fix' || finding.status === 'review'
    ? { ...finding, status: 'pass', fix: [], wouldHelp: null }
    : finding;
}
