import { z } from 'zod';
import { lineText, listOf, shortText } from '#shared/domain/bounds.ts';

const id = z.string().min(1).max(128);

const weakness = z.object({
  id,
  fix_versions: listOf(shortText, 4_096).default([]),
  aliases: listOf(id, 1_024).default([]),
});

const answered = z.object({ name: shortText, version: shortText, vulns: listOf(weakness, 16_384) });
const skipped = z.object({ name: shortText, skip_reason: lineText });

/** What pip-audit 2 prints with `--format json`. */
const document = z.object({ dependencies: listOf(z.union([answered, skipped]), 16_384) });

/** One weakness as pip-audit names it. */
export interface PeerWeakness {
  package: string;
  version: string;
  /** Its id, then its other names. */
  ids: string[];
  fixed: string[];
}

/** What pip-audit says of one environment. */
export interface PeerAnswer {
  weaknesses: PeerWeakness[];
  /** Packages that it looked at. */
  looked: string[];
  /** Packages that it left out, with its reason. */
  skipped: { package: string; why: string }[];
}

/** Reads what pip-audit printed. @returns null for text that is no such answer */
export function readPeerAnswer(text: string): PeerAnswer | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = document.safeParse(value);
  if (!parsed.success) return null;
  const answer: PeerAnswer = { weaknesses: [], looked: [], skipped: [] };
  for (const entry of parsed.data.dependencies) {
    if ('skip_reason' in entry) {
      answer.skipped.push({ package: entry.name, why: entry.skip_reason });
      continue;
    }
    answer.looked.push(entry.name);
    for (const { id: first, aliases, fix_versions: fixed } of entry.vulns)
      answer.weaknesses.push({
        package: entry.name,
        version: entry.version,
        ids: [...new Set([first, ...aliases])],
        fixed: [...fixed],
      });
  }
  return answer;
}
