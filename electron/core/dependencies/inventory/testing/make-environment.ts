import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One distribution to be laid down as pip would have. */
export interface MadeDistribution {
  name: string;
  version: string;
  /** Further headers, one a line. */
  headers?: string;
  /** Modules by path below the folder of packages. */
  files?: Readonly<Record<string, string>>;
  directUrl?: unknown;
  requested?: boolean;
  installer?: string;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Writes a file and the folders above it. */
export function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Makes a virtual environment of nothing but files. @returns its folder of packages */
export function makeEnvironment(
  root: string,
  settings = 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n',
): string {
  const site = join(root, 'lib/python3.11/site-packages');
  mkdirSync(site, { recursive: true });
  mkdirSync(join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'pyvenv.cfg'), settings);
  return site;
}

/** Lays one distribution down, with its RECORD as the wheel specification has it. @returns its dist-info folder */
export function install(site: string, made: MadeDistribution): string {
  const folder = `${made.name.replace(/[-.]+/g, '_')}-${made.version}.dist-info`;
  const contents: Record<string, string> = {
    ...made.files,
    [`${folder}/METADATA`]: `Metadata-Version: 2.1\nName: ${made.name}\nVersion: ${made.version}\n${made.headers ?? ''}\n\nWhat it is.\n`,
    [`${folder}/INSTALLER`]: `${made.installer ?? 'pip'}\n`,
    ...(made.requested === true ? { [`${folder}/REQUESTED`]: '' } : {}),
    ...(made.directUrl === undefined
      ? {}
      : { [`${folder}/direct_url.json`]: JSON.stringify(made.directUrl) }),
  };
  const rows = Object.entries(contents).map(
    ([path, text]) =>
      `${/[",]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path},sha256=${digest(text)},${Buffer.byteLength(text)}`,
  );
  for (const [path, text] of Object.entries(contents)) put(join(site, path), text);
  put(join(site, folder, 'RECORD'), `${[...rows, `${folder}/RECORD,,`].join('\n')}\n`);
  return join(site, folder);
}
