import { createHash } from 'node:crypto';
import type { InstalledLock } from '#shared/domain/dependencies/before-install.ts';
import type { KitFile, RebuildKit, RebuildWish } from '#shared/domain/incident/rebuild.ts';
import { asMarkdown } from '../report/as-markdown.ts';
import { installScript, nameInKit } from './by-hand.ts';
import { autoinstall, cloudConfig, metaData, userData } from './cloud-config.ts';
import { firstBoot } from './first-boot.ts';
import { guide } from './guide.ts';
import { type NodeAddress, nodeFiles } from './node-files.ts';

export interface KitInput {
  wish: RebuildWish;
  nodeName: string;
  /** Port of the API, as it was before. */
  port: number;
  peers: readonly NodeAddress[];
  /** What was installed, pinned; null when it was never seen. */
  lock: InstalledLock | null;
  /** Version of mycoSwarm as it was before; null when it is not known. */
  version: string | null;
  /** Names what is set up: 32 hex digits, new for each kit. */
  instance: string;
}

const PINNED = /^mycoswarm==/m;

/**
 * Makes a kit: the same node, hardened from its first start on, and nothing that came from it but names and numbers of packages. What
 * was on it is not trusted, so nothing is copied.
 */
export function makeKit(input: KitInput): RebuildKit {
  const { wish, nodeName, port, peers, instance } = input;
  const { requirements, hashed, lacking } = packagesOf(input);
  const placed = nodeFiles({ port, peers, requirements });
  const script = firstBoot(hashed);
  const config = cloudConfig(wish, placed, script);
  const meta = metaData(`swarmkeep-${instance}`, wish.hostName);
  const files = [
    file('README.md', 'What to do, step by step.', asMarkdown(guide(wish, nodeName, lacking))),
    file('cloud-init/user-data', 'For images with cloud-init, and for Raspberry Pi OS.', userData(config)),
    file('cloud-init/meta-data', 'Goes with it.', meta),
    file('autoinstall/user-data', 'For the installer of Ubuntu Server.', autoinstall(config)),
    file('autoinstall/meta-data', 'Goes with it.', ''),
    file('by-hand/install.sh', 'For any other system of the family of Debian.', installScript(placed)),
    file('by-hand/first-boot.sh', 'What runs at the first start, whatever way it came there.', script),
    ...placed.map(({ path, text }) => file(`by-hand/${nameInKit(path)}`, `Becomes ${path}.`, text)),
  ];
  return { node: wish.node, nodeName, port, files, lacking };
}

function file(path: string, words: string, text: string): KitFile {
  return { path, words, text, sha256: createHash('sha256').update(text).digest('hex') };
}

function packagesOf({ lock, version }: KitInput): {
  requirements: string;
  hashed: boolean;
  lacking: string[];
} {
  const mine = lock !== null && PINNED.test(lock.text) ? lock : null;
  if (mine === null) {
    const pin =
      version !== null && /^[0-9][0-9A-Za-z.!+_-]{0,63}$/.test(version)
        ? `mycoswarm==${version}\n`
        : 'mycoswarm\n';
    return {
      requirements: pin,
      hashed: false,
      lacking: [
        'Which packages mycoSwarm needs was not seen on this node, so only mycoSwarm itself is named. Fill in requirements.txt from a healthy node (Dependencies, "Pin what is installed") before you use the kit.',
      ],
    };
  }
  const hashed = mine.unhashed.length === 0;
  return {
    requirements: mine.text,
    hashed,
    lacking: [
      ...(hashed
        ? []
        : [
            `${mine.unhashed.length} of the packages are pinned by version only, for no hash of them is known here: what the index serves under that version is what is installed.`,
          ]),
      ...mine.left.map(({ name, why }) => `The package ${name} is not in the kit: ${why}.`),
    ],
  };
}
