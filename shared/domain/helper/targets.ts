import { z } from 'zod';

/** Version of the words between console and helper. A helper that speaks another one is replaced before it is used. */
export const HELPER_PROTOCOL = 1;

const PATH_BYTES = 4_095;
const NAME_BYTES = 255;

/** What a component of a path may not be: a way back, itself, or longer than NAME_MAX of limits.h. */
function plainComponent(component: string): boolean {
  return (
    component !== '' &&
    component !== '.' &&
    component !== '..' &&
    new TextEncoder().encode(component).length <= NAME_BYTES
  );
}

/**
 * An absolute path in its plain form (path_resolution(7)): no `.`, no `..`, no doubled or trailing slash, no control
 * character, at most PATH_MAX bytes. `/` itself is no target.
 */
export const targetPath = z
  .string()
  .max(PATH_BYTES)
  .refine(
    (path) =>
      path.startsWith('/') &&
      !/\p{Cc}|\p{Cs}/u.test(path) &&
      new TextEncoder().encode(path).length <= PATH_BYTES &&
      path.slice(1).split('/').every(plainComponent),
    'A target is an absolute path without dots, doubled slashes and control characters',
  );

/** A numeric user or group id; 4,294,967,295 is "no change" of chown(2) and no id. */
export const numericId = z.int().min(0).max(4_294_967_294);

/** Permission bits with setuid, setgid and sticky (inode(7)). */
export const permissionBits = z.int().min(0).max(0o7777);

/** Whose a file is and who may do what with it. */
export const ownership = z.strictObject({ uid: numericId, gid: numericId, mode: permissionBits });
export type Ownership = z.infer<typeof ownership>;

/** SHA-256 as 64 hex digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What a target was when the plan was made; the helper refuses when it is something else now. `any` is for targets that
 * change by themselves and are judged by their ownership only.
 */
export const expected = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('absent') }),
  /** `sha256` null: whatever is in it, as in a log. */
  z.strictObject({ kind: z.literal('file'), sha256: sha256.nullable(), ...ownership.shape }),
  z.strictObject({ kind: z.literal('directory'), ...ownership.shape }),
  z.strictObject({ kind: z.literal('any') }),
]);
export type Expected = z.infer<typeof expected>;

/** What `inspect` saw at a path. `other` is a link, device, socket or FIFO: never opened, never followed. */
export const pathState = z.discriminatedUnion('kind', [
  z.object({ path: targetPath, kind: z.literal('absent') }),
  z.object({
    path: targetPath,
    kind: z.literal('file'),
    sha256,
    size: z.int().min(0),
    /** Access list or extended attributes beyond the mode. */
    extended: z.boolean(),
    /** The immutable or append-only flag (chattr(1)): nothing can be written before a person takes it away. */
    immutable: z.boolean(),
    ...ownership.shape,
    /** UTF-8 text up to 256 KiB when it was asked for and is text; else null. */
    text: z.string().max(262_144).nullable(),
  }),
  z.object({
    path: targetPath,
    kind: z.literal('directory'),
    extended: z.boolean(),
    immutable: z.boolean(),
    ...ownership.shape,
  }),
  z.object({
    path: targetPath,
    kind: z.literal('other'),
    what: z.enum(['link', 'device', 'socket', 'fifo']),
  }),
  z.object({ path: targetPath, kind: z.literal('unseen'), why: z.string().max(256) }),
]);
export type PathState = z.infer<typeof pathState>;

/** An account name as useradd(8) of Debian takes it. */
export const accountName = z.string().regex(/^[a-z_][a-z0-9_-]{0,30}$/);

/** A unit of systemd (systemd.unit(5)): no path, no template parameter that leads out. */
export const unitName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9:_.\\@-]+\.(service|socket|timer|target)$/)
  .refine((name) => !name.startsWith('-') && !name.startsWith('.'));

/** A network interface as the kernel takes it (dev_valid_name in net/core/dev.c), and never an option. */
export const interfaceName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}$/);

/** A package of Debian (deb-control(5)), Fedora or Arch. */
export const packageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,127}$/);

/** Names a change on the node and in the console: chosen by the console, 32 hex digits. */
export const changeId = z.string().regex(/^[0-9a-f]{32}$/);

/** A distribution of Python as PEP 503 normalises its name. */
export const pythonPackageName = z
  .string()
  .max(128)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);

/** A version of one, as it is written: never an option of a program, never a second clause. */
export const pythonVersionText = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,127}$/);

/** Where a virtual environment keeps its packages, relative to its root (venv module; `purelib` and `platlib` of sysconfig). */
export const sitePackagesFolder = z.string().regex(/^lib(64)?\/python3\.\d{1,2}t?\/site-packages$/);
