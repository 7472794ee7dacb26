import type { SwarmNode } from '#shared/domain/node.ts';
import type { Profile } from '#shared/domain/profile.ts';
import type { ScenarioClock } from './clock.ts';

/** A node that is reached over SSH unless said otherwise. */
export function nodeOf(name: string, clock: ScenarioClock, override: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id: name,
    name,
    address: { kind: 'ssh', host: `${name}.local`, port: 22, user: 'minotaur' },
    addedAt: clock.daysAgo(40),
    lastLookAt: clock.at(3),
    lastError: null,
    ...override,
  };
}

/** A profile with one installation, as systemd runs it. */
export function profileOf(override: Partial<Profile['instances'][number]> = {}): Profile {
  return {
    instances: [
      {
        id: 'mycoswarm.service',
        detectedBy: 'systemd',
        user: 'mycoswarm',
        uid: 998,
        home: '/var/lib/mycoswarm',
        configurationFolder: '/var/lib/mycoswarm/.config/mycoswarm',
        workspace: '/var/lib/mycoswarm/workspace',
        source: '/opt/mycoswarm',
        virtualEnvironment: '/opt/mycoswarm/.venv',
        sitePackages: '/opt/mycoswarm/.venv/lib/python3.11/site-packages',
        unit: 'mycoswarm.service',
        version: '0.2.16',
        apiPort: 7890,
        dashboardPort: 8080,
        logFolder: '/var/log/mycoswarm',
        pids: [812],
        running: true,
        ...override,
      },
    ],
    corrected: [],
  };
}
