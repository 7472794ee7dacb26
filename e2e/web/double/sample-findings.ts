import type { CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { seen } from './findings.ts';

/** What is open on the sample: one that a program could repair, one that another one comes before. */
export const SAMPLE_FINDINGS: Partial<Record<CheckId, Partial<TrackedFinding>>> = {
  'outbound-firewall': {
    status: 'fix',
    summary: 'An agent on NODE can still send data to the internet.',
    evidence: [seen('tcp to 8.8.8.8:443 as uid 1000', 'would leave through ens3', { status: 'fix' })],
    wouldChange: 'Rules that stop every public address would make this fine.',
  },
  'workspace-bounded': {
    status: 'fix',
    summary: 'The agent on NODE writes wherever its account may.',
    evidence: [seen('workspace', 'no workspace is defined', { status: 'fix' })],
    wouldChange: 'One workspace without a way out would make this fine.',
    fix: [
      {
        text: 'First take the steps of "Its own account", then look again: mycoSwarm runs as minotaur.',
        command: null,
        needsRoot: false,
      },
    ],
  },
};
