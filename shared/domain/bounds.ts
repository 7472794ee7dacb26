import { z } from 'zod';
import { visible, visibleLines } from './text.ts';

/**
 * Bounds for everything that comes from a node, a log, a file or a renderer. A node that lies must not be able
 * to make the console slow or large: every string, list and number has an upper limit before it is read further.
 */

/** A short word from a machine: user name, unit name, interface. At most 256 UTF-16 units. */
export const shortText = z.string().max(256);

/** Forms of text that is made safe to show, by the most UTF-16 units that each takes: text that is nothing but ASCII to be seen stays as it is. */
export const shownLimits = new WeakMap<z.ZodType, number>();

function shown<Form extends z.ZodType>(limit: number, form: Form): Form {
  shownLimits.set(form, limit);
  return form;
}

/**
 * The name of a machine as every page, notice and title shows it: no character in it is unseen or turns the text around,
 * whatever the machine or a damaged store calls itself. At most 256 UTF-16 units.
 */
export const shownName = shown(
  256,
  shortText.transform((name) => visible(name).slice(0, 256)),
);

/** A message that may quote a machine, made safe to show in the same way; line feeds and tabs stay. */
export const shownMessage = (limit: number) =>
  shown(
    limit,
    z
      .string()
      .max(limit)
      .transform((text) => visibleLines(text).slice(0, limit)),
  );

/** A line from a machine: a command line, a rule, a message. At most 4,096 UTF-16 units. */
export const lineText = z.string().max(4_096);

/** A path as the collectors decode it: UTF-8, each byte that is not UTF-8 written as `\xNN`. PATH_MAX is 4,096 bytes. */
export const pathText = z.string().max(16_384);

/** Raw output kept as evidence, already cut by its collector. At most 16 MiB of UTF-16 units. */
export const rawText = z.string().max(16 * 1024 * 1024);

/** An instant as ISO 8601 in UTC, for example `2026-11-21T19:20:00.000Z`. */
export const instant = z.iso.datetime({ offset: false });

/** A numeric user or group id (32 bits, `(uid_t) -1` is excluded by the kernel). */
export const numericId = z.int().min(0).max(4_294_967_295);

/** Permission bits of a file including setuid, setgid and sticky (octal 0–7777). */
export const modeBits = z.int().min(0).max(0o7777);

/** A TCP or UDP port. */
export const portNumber = z.int().min(0).max(65_535);

/** A list of at most `limit` items. */
export function listOf<T extends z.ZodType>(item: T, limit: number) {
  return z.array(item).max(limit);
}
