import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CredentialFacts } from '#shared/domain/facts/software.ts';
import type { CollectContext, Collected, Collector, ScriptOutput } from '../collector.ts';
import { decodePath, decodeShort } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { readRecords } from '../script/records.ts';
import { KEY_SHAPES, providerOf } from './credentials/providers.ts';
import { agentPids, credentialsScript } from './credentials/script.ts';
import { onLiveMounts } from './live-mounts.ts';

type Found = CredentialFacts['found'][number];

/** The shape whose fixed beginning a value has; a value itself never arrives here, only its first eight characters. */
function shapeOf(beginning: string): (typeof KEY_SHAPES)[number] | null {
  return (
    KEY_SHAPES.find((entry) => beginning.startsWith(entry.name.replace('…', ''))) ??
    (beginning.startsWith('ASIA') ? (KEY_SHAPES.find((entry) => entry.name === 'AKIA…') ?? null) : null)
  );
}

/** Names in environments and units, which earlier round trips brought. */
function fromSeen(context: CollectContext): Found[] {
  const found: Found[] = [];
  const { processes, units } = context.seen;
  const pids = new Set(agentPids(context));
  for (const process of processes?.state === 'seen' ? processes.value.processes : []) {
    if (!pids.has(process.pid)) continue;
    for (const { name, empty } of process.environment ?? []) {
      const provider = empty ? null : providerOf(name);
      const place = `/proc/${process.pid}/environ`;
      if (provider) found.push({ name, provider, kind: 'environment', place, pid: process.pid });
    }
  }
  const used = new Set(context.profile.instances.map((instance) => instance.unit));
  for (const unit of units?.state === 'seen' ? units.value.units : []) {
    if (!used.has(unit.name) && !/mycoswarm/i.test(unit.name)) continue;
    for (const { name, place } of unit.environmentNames) {
      const provider = providerOf(name);
      if (provider) found.push({ name, provider, kind: 'unit', place, pid: null });
    }
  }
  return found;
}

function parse(output: ScriptOutput, context: CollectContext): Collected<CredentialFacts> {
  const { records, finished } = readRecords(output);
  if (!finished && records.length === 0) return unseen(whyUnfinished(output));
  const found = fromSeen(context);
  const lookedAt = new Set<string>();
  const gaps: Gap[] = [];
  for (const { tag, fields } of records) {
    if (tag === 'looked') lookedAt.add(decodePath(fields[0]));
    if (tag === 'unread')
      gaps.push(gapOf(decodePath(fields[0]), 'it was not read to its end', helpFor(context)));
    if (tag === 'closed') gaps.push(gapOf(decodePath(fields[0]), 'it cannot be read', helpFor(context)));
    if (tag === 'environ') {
      const pid = Number(decodeShort(fields[0]));
      const name = decodeShort(fields[1]);
      const place = `/proc/${pid}/environ`;
      const provider = providerOf(name) ?? 'value that looks like a provider key';
      if (Number.isInteger(pid) && pid > 0) found.push({ name, provider, kind: 'environment', place, pid });
    }
    if (tag !== 'name' && tag !== 'shape') continue;
    const kind = decodeShort(fields[0]);
    const place = decodePath(fields[1]);
    const text = decodeShort(fields[2]);
    const shape = tag === 'shape' ? shapeOf(text) : null;
    const provider = tag === 'name' ? providerOf(text) : shape?.provider;
    if (!provider || (kind !== 'file' && kind !== 'unit' && kind !== 'shell-history')) continue;
    found.push({ name: tag === 'name' ? text : (shape?.name ?? ''), provider, kind, place, pid: null });
  }
  // A value under a known name is one finding, not two.
  const named = new Set(found.filter((entry) => !entry.name.endsWith('…')).map((entry) => entry.place));
  const kept = found.filter((entry) => !entry.name.endsWith('…') || !named.has(entry.place));
  const unique = [...new Map(kept.map((entry) => [`${entry.name} ${entry.place}`, entry])).values()];
  if (context.seen.processes?.state !== 'seen') {
    gaps.push(gapOf('environment of processes', 'processes were not seen', helpFor(context)));
  }
  if (!finished) gaps.push(gapOf('provider keys', whyUnfinished(output), helpFor(context)));
  return seen({ found: unique.slice(0, 512), lookedAt: [...lookedAt].slice(0, 1_024) }, gaps);
}

/** Where keys of model providers lie open to the agent: names and places, never a value. */
export const credentialsCollector: Collector<'credentials'> = onLiveMounts({
  subject: 'credentials',
  trip: 2,
  budgetMs: 8_000,
  maxBytes: 1024 * 1024,
  source: 'grep /proc/PID/environ ~/.bashrc ~/.profile ~/.config/mycoswarm',
  script: credentialsScript,
  parse,
});
