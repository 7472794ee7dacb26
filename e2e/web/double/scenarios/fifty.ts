import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { clockFrom } from '../clock.ts';
import { findingsOf } from '../findings.ts';
import { nodeOf, profileOf } from '../nodes.ts';
import type { Scenario } from '../scenario.ts';
import { evening } from './evening.ts';

const OPEN: readonly CheckId[] = ['service-bindings', 'swarm-secret', 'os-updates', 'time-sync'];

/** Fifty nodes, most of them fine. */
export function fifty(): Scenario {
  const base = evening();
  const clock = clockFrom(Date.parse(base.now));
  const nodes = Array.from({ length: 50 }, (_, index) =>
    nodeOf(`node-${String(index + 1).padStart(2, '0')}`, clock, {
      ...(index === 7 && {
        lastLookAt: clock.at(1_088),
        lastError: 'node-08 did not answer within 5 seconds.',
      }),
      ...(index === 30 && { lastLookAt: null }),
    }),
  );
  const findings = nodes.flatMap((node, index) => {
    const count = index === 16 ? 4 : index % 11 === 0 ? 1 : 0;
    const status: FindingStatus = index % 22 === 0 ? 'review' : 'fix';
    const open = Object.fromEntries(OPEN.slice(0, count).map((check) => [check, { status }]));
    return node.lastLookAt === null ? [] : findingsOf(node, clock, open);
  });
  return {
    ...base,
    name: 'fifty',
    nodes,
    findings,
    profiles: Object.fromEntries(nodes.map((node) => [node.id, profileOf()])),
    since: [],
    sentence: null,
    skews: { 'node-05': 3_100, 'node-21': -10_800_000 },
  };
}

/** The evening, with strangers on the network and an SSH configuration. */
export function strangers(): Scenario {
  const base = evening();
  const clock = clockFrom(Date.parse(base.now));
  return {
    ...base,
    name: 'strangers',
    found: {
      why: null,
      announced: [
        {
          name: 'naru-copy',
          from: '192.168.1.66',
          addresses: ['192.168.1.66', '192.168.1.13'],
          port: 9_999,
          version: '0.2.16',
          heardAt: clock.at(1),
          known: null,
          claims: 'naru',
        },
        {
          name: 'tide-\u202epi',
          from: '192.168.1.77',
          addresses: ['192.168.1.77'],
          port: 7_890,
          version: null,
          heardAt: clock.at(1),
          known: null,
          claims: null,
        },
      ],
      turnedAway: 0,
    },
    sshConfig: {
      file: '/home/ines/.ssh/config',
      found: true,
      hosts: [
        {
          name: 'attic',
          address: {
            kind: 'ssh',
            host: '192.168.1.80',
            port: 2_222,
            user: 'ines',
            identityFile: '/home/ines/.ssh/attic',
          },
          why: null,
          known: null,
        },
        {
          name: 'far-away',
          address: null,
          why: 'It is reached through another machine or program, which Swarmkeep does not do.',
          known: null,
        },
        {
          name: 'boa',
          address: { kind: 'ssh', host: 'boa.local', port: 22, user: 'minotaur' },
          why: null,
          known: 'boa',
        },
      ],
      leftOut: 1,
      problems: [],
    },
  };
}
