import { z } from 'zod';

/** What we read of lock files; everything else in them is left alone. Unknown shapes of a part count as "not there". */

const text = z.string().max(8_192).optional().catch(undefined);
const MAX_PACKAGES = 20_000;
const MAX_FILES = 4_096;

const hashed = z.looseObject({
  /** `sha256:…` */
  hash: text,
  /** pylock: algorithm to digest. */
  hashes: z.record(z.string(), z.string()).optional().catch(undefined),
  name: text,
  file: text,
  url: text,
  path: text,
});
export type HashedFile = z.infer<typeof hashed>;

const files = z.array(hashed).max(MAX_FILES).optional();

/** One `[[package]]` of uv.lock and poetry.lock, or one `[[packages]]` of pylock.toml. */
const tomlPackage = z.looseObject({
  name: z.string().min(1).max(256),
  version: text,
  marker: text,
  index: text,
  source: z
    .looseObject({
      registry: text,
      git: text,
      url: text,
      path: text,
      editable: text,
      virtual: text,
      directory: text,
      type: text,
      reference: text,
      resolved_reference: text,
    })
    .optional(),
  vcs: z.looseObject({ type: text, url: text, path: text, 'commit-id': text }).optional(),
  directory: z.looseObject({ path: text }).optional(),
  archive: hashed.optional(),
  sdist: hashed.optional(),
  wheels: files,
  files,
});
export type TomlPackage = z.infer<typeof tomlPackage>;

/** uv.lock (version 1), poetry.lock, pylock.toml (PEP 751). */
export const tomlLock = z.looseObject({
  package: z.array(tomlPackage).max(MAX_PACKAGES).optional(),
  packages: z.array(tomlPackage).max(MAX_PACKAGES).optional(),
  /** Where poetry before 1.3 kept the hashes. */
  metadata: z
    .looseObject({ files: z.record(z.string(), z.array(hashed).max(MAX_FILES)).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const pipfilePackage = z.looseObject({
  version: text,
  hashes: z.array(z.string().max(256)).max(MAX_FILES).optional().catch(undefined),
  git: text,
  ref: text,
  file: text,
  path: text,
  editable: z.boolean().optional().catch(undefined),
  markers: text,
});
export type PipfilePackage = z.infer<typeof pipfilePackage>;

/** Pipfile.lock (pipfile-spec 6). */
export const pipfileLock = z.looseObject({
  _meta: z
    .looseObject({
      sources: z
        .array(z.looseObject({ url: text, verify_ssl: z.boolean().optional().catch(undefined) }))
        .max(64)
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  default: z.record(z.string().max(256), pipfilePackage),
  develop: z.record(z.string().max(256), pipfilePackage).optional(),
});
