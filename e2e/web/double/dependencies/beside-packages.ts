import type { InstalledLock } from '#shared/domain/dependencies/before-install.ts';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import type { PackagesScenario } from './packages.ts';
import { SITE } from './site.ts';

const direct = (
  name: string,
  version: string,
  licence: string | null,
  words: { purpose: string; risk: string } | null = null,
): DirectDependency => ({
  name,
  versions: [version],
  from: 'index',
  licence,
  told: words && { package: name, licence: '', writtenAt: '2026-11-20T18:00:00.000Z', ...words },
});

/** What is shown beside the findings of a node: made-up packages, and who asks for them. */
export const BESIDE_PACKAGES: Pick<
  PackagesScenario,
  'direct' | 'ways' | 'checked' | 'ownBill' | 'environments'
> = {
  environments: [
    {
      id: SITE,
      kind: 'virtual-environment',
      pythonVersion: '3.11.2',
      packages: 48,
      isLockable: true,
      unreadable: null,
    },
    {
      id: '/usr/lib/python3/dist-packages',
      kind: 'distribution-packages',
      pythonVersion: '3.11',
      packages: 13,
      isLockable: false,
      unreadable: null,
    },
  ],
  direct: [
    direct('hyphae-yaml', '5.3', 'MIT', {
      purpose: 'Reads plugin.yaml of every plugin.',
      risk: 'Plugins are written by strangers; safe loading only.',
    }),
    direct('mycoswarm', '0.2.2', 'MIT'),
    direct('ollama-client', '0.4.1', 'Apache-2.0', {
      purpose: 'Asks the model server on the same node.',
      risk: 'Answers are shown to agents; loopback only.',
    }),
  ],
  ways: {
    'spores-http': {
      environment: SITE,
      levels: [
        [
          { name: 'mycoswarm', version: '0.2.2', direct: true, asks: ['fruiting-api'] },
          { name: 'ollama-client', version: '0.4.1', direct: true, asks: ['spores-core'] },
        ],
        [
          { name: 'fruiting-api', version: '1.8.0', direct: false, asks: ['spores-http'] },
          { name: 'spores-core', version: '1.0.5', direct: false, asks: ['spores-http'] },
        ],
        [{ name: 'spores-http', version: '2.19.1', direct: false, asks: [] }],
      ],
      omitted: 0,
    },
  },
  checked: [
    {
      environment: SITE,
      intact: 4_112,
      changed: [{ package: 'spores-http', path: `${SITE}/spores_http/session.py` }],
      missing: [],
      added: [{ path: `${SITE}/zz_warm.pth`, runsAtStart: true }],
      omitted: 0,
      unverifiable: 61,
      outside: 0,
      withoutRecord: [],
      unread: null,
    },
  ],
  ownBill: {
    components: [
      { name: 'better-sqlite3', version: '13.2.0', licence: 'MIT' },
      { name: 'zod', version: '4.6.7', licence: 'MIT' },
    ],
    text: '{"bomFormat":"CycloneDX"}',
  },
};

/** A lock in which one line has a hash and one has none. */
export const LOCK_OF_PACKAGES: InstalledLock = {
  text: `# 1 of 2 have no hash, and pip refuses --require-hashes before all have one.\nhyphae-yaml==5.3\nspores-http==2.19.1 \\\n    --hash=sha256:${'a'.repeat(64)}\n`,
  hashed: 1,
  unhashed: [{ name: 'hyphae-yaml', why: 'what was installed does not tell the hash of its wheel' }],
  left: [{ name: 'mycoswarm', why: 'it is a working copy' }],
  command: null,
};
