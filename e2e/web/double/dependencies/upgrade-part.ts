import { pipInstallArguments } from '#shared/domain/helper/pip-arguments.ts';
import type { PlanPart } from '../fixes/plan-book.ts';
import { stepOf } from '../fixes/plan-book.ts';

const ROOT = '/home/mycoswarm/venv';
const PACKAGES = [
  { name: 'spores-http', from: '2.19.1', to: '2.31.0' },
  { name: 'hyphae-yaml', from: '5.3', to: '5.4' },
];
const check = 'dependency-audit';

/** The plan that upgrades the made-up packages, in the words of the real one. */
export const UPGRADE_PART: PlanPart = {
  title: 'Upgrade 2 packages with known weaknesses',
  revertsAfter: null,
  settings: [
    {
      check,
      setting: `Where ${ROOT} gets it from`,
      from: 'https://pypi.org/simple (pip’s own default)',
      to: 'fetched by the node itself over the network, as mycoswarm: wheels only, so that nothing of a package runs while it is installed, without other packages, each held to the hash that the index names, which is written down with the change: done again, it has to be the very same file. Where the rest would not fit any more, it is taken back',
      takesEffect: 'during this change only',
      recover: 'Without network, or without a wheel, nothing is changed',
    },
    ...PACKAGES.map(({ name, from, to }, index) => ({
      check: check as typeof check,
      setting: `${name} in ${ROOT}`,
      from,
      to: `${to}, the smallest version that ends 1 known weakness (${index === 0 ? 'EXAMPLE-2026-0117' : 'EXAMPLE-2025-0904'})`,
      takesEffect: 'with the restart of mycoswarm.service',
      recover: 'Undo this change in Activity: every file comes back as it was',
    })),
    {
      check,
      setting: `mycelium-crypto in ${ROOT}`,
      from: '0.9.1',
      to: 'stays as it is: no repaired version is known: replace it by something that is looked after, or remove it',
      takesEffect: 'not by this plan',
      recover: 'The finding has the steps',
    },
  ],
  steps: [
    stepOf(
      check,
      `In ${ROOT}, replace spores-http 2.19.1 by 2.31.0, hyphae-yaml 5.3 by 5.4: what pip unpacks is put in place, and nothing else`,
      {
        kind: 'command',
        arguments: [
          `${ROOT}/bin/python`,
          ...pipInstallArguments(
            '/var/tmp/.swarmkeep-…/files',
            PACKAGES,
            '/var/tmp/.swarmkeep-…/scratch/report.json',
          ),
        ],
      },
      {
        action: {
          verb: 'upgrade-packages',
          path: ROOT,
          site: 'lib/python3.11/site-packages',
          packages: PACKAGES,
          expect: { kind: 'any' },
        },
        needs: ['root', 'package', 'network'],
        undo: 'Every file that was there comes back as it was, and what was added goes. Where one was changed since, nothing is touched.',
      },
    ),
    stepOf(
      check,
      'Restart mycoswarm.service',
      { kind: 'command', arguments: ['systemctl', 'restart', 'mycoswarm.service'] },
      { interrupts: { what: 'mycoswarm.service', seconds: 11 } },
    ),
  ],
  proofs: [
    {
      kind: 'package',
      check,
      environment: `${ROOT}/lib/python3.11/site-packages`,
      package: 'spores-http',
      version: '2.31.0',
      clean: true,
    },
  ],
};
