import { z } from 'zod';

/** How many happenings may be open at once; the kernel writes the records of one together, seldom among those of another. */
export const MAX_GROUPS = 32;
/** Path records of one happening that are kept: open has 2, rename 4. */
export const MAX_PATHS = 8;

const optionalText = z.string().max(65_536).optional();
const optionalNumber = z.number().optional();

/** What is kept of the records of one happening until it is complete. */
export const auditGroup = z.object({
  id: z.string().max(600),
  at: z.number(),
  timeText: z.string().max(32),
  syscall: z
    .object({
      name: z.string().max(64),
      success: z.boolean(),
      exit: optionalNumber,
      pid: optionalNumber,
      ppid: optionalNumber,
      uid: optionalNumber,
      euid: optionalNumber,
      auid: optionalNumber,
      ses: optionalNumber,
      /** Name of the uid, when auditd resolved it. */
      user: optionalText,
      exe: optionalText,
      comm: optionalText,
      key: optionalText,
      tty: optionalText,
      a0: optionalText,
      a1: optionalText,
      a2: optionalText,
    })
    .optional(),
  /** Arguments joined with blanks. */
  command: optionalText,
  proctitle: optionalText,
  cwd: optionalText,
  paths: z.array(z.object({ name: z.string().max(65_536), kind: z.string().max(32) })).max(MAX_PATHS),
  address: z.object({ ip: z.string().max(64), port: z.number() }).optional(),
  socket: optionalText,
});
export type AuditGroup = z.infer<typeof auditGroup>;
export type AuditSyscall = NonNullable<AuditGroup['syscall']>;

/** State of a parser between batches. */
export const auditdState = z.object({
  groups: z.array(auditGroup).max(MAX_GROUPS),
  /** Whether this log has records that close a happening (PROCTITLE, EOE); without, the next happening closes it. */
  hasClosing: z.boolean(),
});
