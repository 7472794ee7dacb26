import { z } from 'zod';
import { lineText, listOf, pathText, shortText } from '../bounds.ts';

/** Where a package's advisories are filed (OSV schema, `affected[].package.ecosystem`). Ollama's own are filed under Go. */
export const ecosystem = z.enum(['PyPI', 'Go']);
export type Ecosystem = z.infer<typeof ecosystem>;

/**
 * How a package came to be where it is (direct_url.json of PEP 610, INSTALLER, the place itself). Versions of `editable` and
 * `vcs` ones say nothing about their code; `distribution` ones may carry repairs that their version does not show; `vendored`
 * are copies within another package.
 */
export const installedFrom = z.enum(['index', 'file', 'url', 'vcs', 'editable', 'distribution', 'vendored']);
export type InstalledFrom = z.infer<typeof installedFrom>;

/** One installed package as its environment names it. */
export const inventoryItem = z.object({
  ecosystem: ecosystem.default('PyPI'),
  /** As it is written; compared as in PEP 503. */
  name: shortText,
  /** As it is written; null when the metadata does not tell. */
  version: shortText.nullable(),
  from: installedFrom.default('index'),
  /** The package that carries this one as a copy within itself; null for any other than `vendored`. */
  vendoredBy: shortText.nullable().default(null),
  /** Names of installed packages that ask for this one. */
  requiredBy: listOf(shortText, 512).default([]),
  /** Asked for by a person or by a file of requirements, not only by other packages; null when that is not known. */
  direct: z.boolean().nullable().default(null),
  /** Folder or file of its metadata on the node. */
  metadataPath: pathText.nullable().default(null),
  /** What is wrong with its metadata, in words; null when nothing is. */
  broken: lineText.nullable().default(null),
  /**
   * What a file asks for, where that is no single version (`>=2,<3`, `any version`): its version is null then, and nothing can
   * be said before one is chosen. Null for all that is installed or pinned.
   */
  asked: lineText.nullable().default(null),
  /** Scheme and host it came from outside the usual index (`git+https://github.com`); never a path, user or password. */
  origin: lineText.nullable().default(null),
  /** What its metadata says of its licence: an SPDX expression, or the words that stand there; null when it says nothing. */
  licence: lineText.nullable().default(null),
  /** `sha256:…` of the archive that it was installed from, where direct_url.json keeps it (PEP 610). */
  archiveHash: shortText.optional(),
  /** What installed it, by its own word (INSTALLER of PEP 376); null when it does not say. */
  installer: shortText.nullable().default(null),
});
export type InventoryItem = z.infer<typeof inventoryItem>;

/** One place from which packages are loaded, and all that lies in it. */
export const environment = z.object({
  /** Site-packages folder, or name of the file that listed the packages: unique within a node. */
  id: pathText,
  kind: z.enum(['virtual-environment', 'user', 'system', 'distribution-packages', 'list', 'program']),
  pythonVersion: shortText.nullable().default(null),
  /** Python of this environment, for the upgrade command; never started by this program. */
  interpreter: pathText.nullable().default(null),
  packages: listOf(inventoryItem, 16_384),
  /** Why it, or a part of it, could not be read; null when all was. */
  unreadable: lineText.nullable().default(null),
});
export type Environment = z.infer<typeof environment>;
