import { type HostError, hostError } from '#core/hosts/host.ts';
import { MAX_RECORDING_BYTES } from '#core/hosts/recorded.ts';
import { FACTS_FORMAT, type Facts, facts as factsSchema } from '#shared/domain/facts/facts.ts';
import { mayKeepValue } from './environment-names.ts';
import { redactArguments, redactText } from './redact.ts';

/** The shape of facts is seven levels deep; a file that nests further was not made by Swarmkeep. */
const MAX_DEPTH = 32;

/** Fields that are SHA-256 digests of what anybody may see, and are needed to recognise it again. */
const DIGESTS = new Set(['digest']);

function redactValue(value: unknown, key: string): unknown {
  if (typeof value === 'string') return DIGESTS.has(key) ? value : redactText(value);
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, redactValue(entry, name)]));
}

/**
 * Facts as text for a file: without secrets, so that it can be given away. Fingerprints of tokens become null, argument
 * vectors, unit texts and every other string lose what looks like a secret, values of environment variables stay only for
 * names that can hold none.
 * @returns JSON with a final newline; the same facts give the same bytes
 */
export function recordFacts(facts: Facts): string {
  // The schema puts the fields in its own order, whoever built the facts.
  const checked = factsSchema.safeParse(facts);
  const copy = redactValue(checked.success ? checked.data : facts, '') as Facts;
  copy.redacted = true;
  copy.node.reachedBy = 'recorded';
  const { mycoswarm, processes } = copy.subjects;
  if (mycoswarm.state === 'seen') for (const token of mycoswarm.value.tokens) token.fingerprint = null;
  if (processes.state === 'seen') {
    for (const entry of processes.value.processes) {
      entry.argv = redactArguments(entry.argv);
      for (const variable of entry.environment ?? []) {
        if (!mayKeepValue(variable.name)) variable.value = null;
      }
    }
  }
  return `${JSON.stringify(copy, null, 1)}\n`;
}

/** Deepest nesting of a JSON text, without building anything of it. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (quoted) {
      if (unit === 0x5c) at += 1;
      else if (unit === 0x22) quoted = false;
    } else if (unit === 0x22) quoted = true;
    else if (unit === 0x7b || unit === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return deepest;
}

function damaged(message: string): { ok: false; error: HostError } {
  const next = 'Record the node again with `swarmkeep facts --record FILE`.';
  return { ok: false, error: hostError('damaged-recording', message, next) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads a recording. It comes from anywhere and is as hostile as a node: size and depth are bounded before it is parsed,
 * and every field is checked.
 * @param text what `recordFacts` wrote
 * @returns the facts, or in words what is wrong with the file
 */
export function replayFacts(text: string): { ok: true; facts: Facts } | { ok: false; error: HostError } {
  if (text.length > MAX_RECORDING_BYTES) return damaged('The recording is larger than 64 MB.');
  if (text.trim() === '') return damaged('The recording is empty.');
  if (depthOf(text) > MAX_DEPTH)
    return damaged('The recording is nested deeper than any that Swarmkeep makes.');
  const value = parseJson(text);
  if (value === undefined) return damaged('The recording is damaged: it is not complete JSON.');
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format === undefined) return damaged('This file is no recording of facts.');
  if (format !== FACTS_FORMAT) {
    const shown = typeof format === 'number' ? String(format) : 'unknown';
    return damaged(
      `The recording has format ${shown}; this version of Swarmkeep reads format ${FACTS_FORMAT}.`,
    );
  }
  const checked = factsSchema.safeParse(value);
  if (checked.success) return { ok: true, facts: checked.data };
  const place = checked.error.issues[0]?.path.map(String).join('.').slice(0, 200) || 'the top';
  return damaged(`The recording is damaged at ${place}.`);
}
