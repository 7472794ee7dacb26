import { z } from 'zod';
import type { FetchedWheel } from '#shared/domain/helper/fetched-wheel.ts';
import { Refused } from '../refused.ts';
import { close, openFolder } from '../walk/descriptor.ts';
import { normalized } from './distribution-files.ts';
import { readBelow } from './environment.ts';
import type { Stage } from './run-pip.ts';

/** What pip's report has besides: the metadata of each package, with its description. */
const MOST_REPORT = 32 * 1024 * 1024;

const report = z.object({
  install: z
    .array(
      z.object({
        metadata: z.object({ name: z.string().max(256) }),
        download_info: z.object({
          url: z.string().max(8_192),
          archive_info: z.object({
            /** `sha256=…`, as pip before 23.0 says it. */
            hash: z.string().max(256).optional(),
            hashes: z.object({ sha256: z.string().max(64).optional() }).optional(),
          }),
        }),
      }),
    )
    .max(64),
});

/** The file name of an address, without the folders and whatever secret the address has. */
function fileOf(url: string): string {
  const name = /\/([A-Za-z0-9_.+!%-]{1,256}\.whl)(?:[?#].*)?$/.exec(url)?.[1] ?? '';
  try {
    return decodeURIComponent(name).replace(/[^\w.+!-]/g, '');
  } catch {
    return '';
  }
}

/**
 * Which files pip unpacked, as its own report says. It is pip's word: of an environment of root's that of root's own program, of the
 * agent's environment that of a program which the agent could have changed, as it could the files themselves afterwards.
 * @returns one for each package, in their order; null where there is no report, or none that can be read
 */
export function fetchedFiles(
  stage: Stage,
  packages: readonly { name: string; to: string }[],
): FetchedWheel[] | null {
  const top = openFolder(stage.path);
  let bytes: Buffer | null;
  try {
    bytes = readBelow(top, 'scratch/report.json', MOST_REPORT);
  } finally {
    close(top);
  }
  if (bytes === null) return null;
  let read: z.infer<typeof report>;
  try {
    read = report.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
  const found = packages.map(({ name, to }): FetchedWheel | null => {
    const [one, second] = read.install.filter(({ metadata }) => normalized(metadata.name) === name);
    if (one === undefined || second !== undefined) return null;
    const { url, archive_info: archive } = one.download_info;
    const digest = archive.hashes?.sha256 ?? /^sha256=(.*)$/.exec(archive.hash ?? '')?.[1] ?? '';
    const sha256 = /^[0-9a-f]{64}$/i.test(digest) ? digest.toLowerCase() : null;
    return { name, version: to, file: fileOf(url), sha256 };
  });
  return found.every((one) => one !== null) ? found : null;
}

/**
 * Refuses files that are not among those that the plan names: those of a lock, or those that the same change put there before.
 * Nothing was put in place then.
 */
export function refuseOtherFiles(
  packages: readonly { name: string; to: string; sha256?: string[] | undefined }[],
  fetched: readonly FetchedWheel[] | null,
): void {
  for (const { name, to, sha256 } of packages) {
    if (sha256 === undefined) continue;
    const one = fetched?.find((wheel) => wheel.name === name);
    if (one?.sha256 == null)
      throw new Refused(
        'program-failed',
        `pip did not tell the SHA-256 of what it fetched as ${name} ${to}, and only known files are put in place. Nothing was touched.`,
      );
    if (!sha256.includes(one.sha256))
      throw new Refused(
        'changed-since',
        `The index serves another file as ${name} ${to} than the one that is known: its SHA-256 is ${one.sha256}. Nothing was touched. Find out which of the two is right before anything is installed.`,
      );
  }
}
