import type { EvidenceManifest, EvidenceSummary } from '#shared/domain/incident/evidence.ts';
import { capital, counted } from '#shared/domain/words.ts';

/** @returns what a page says of an archive that was written a moment ago */
export function summaryOf(parts: {
  manifest: EvidenceManifest;
  file: string;
  bytes: number;
  sha256: string;
  manifestSha256: string;
  secretsKept: EvidenceSummary['secretsKept'];
  partial: boolean;
  /** Why it is partial. */
  why: string | null;
}): EvidenceSummary {
  const { manifest, secretsKept, partial } = parts;
  return {
    id: manifest.id,
    incident: manifest.incident,
    node: manifest.node.id,
    nodeName: manifest.node.name,
    takenAt: manifest.takenAt,
    endedAt: manifest.endedAt,
    privilege: manifest.privilege,
    archive: parts.file,
    bytes: parts.bytes,
    sha256: parts.sha256,
    manifestSha256: parts.manifestSha256,
    pieces: manifest.pieces,
    sealed: manifest.pieces.reduce((sum, { sealed }) => sum + sealed, 0),
    secretsKept,
    partial,
    sentence: sentenceOf(manifest, secretsKept, partial ? (parts.why ?? 'It broke off.') : null),
  };
}

function sentenceOf(
  manifest: EvidenceManifest,
  kept: EvidenceSummary['secretsKept'],
  brokenOff: string | null,
): string {
  const { pieces, node } = manifest;
  const had = pieces.filter(({ name }) => name !== null).length;
  const short = pieces.filter(({ outcome }) => outcome !== 'whole' && outcome !== 'not-there').length;
  const words = [
    `${capital(counted(had, 'piece'))} of evidence of ${node.name} ${had === 1 ? 'is' : 'are'} kept`,
  ];
  if (short > 0)
    words.push(`${short} of what was asked for ${short === 1 ? 'is' : 'are'} missing or not whole`);
  const more: string[] = [];
  if (brokenOff !== null) more.push(`It is not complete. ${brokenOff}`);
  if (manifest.privilege === 'user')
    more.push('It is what an ordinary account sees: an administrator would see more.');
  if (kept === 'not-kept')
    more.push(
      'Secrets in it were replaced by marks and not kept, because the place for secrets is not open.',
    );
  if (kept === 'partly')
    more.push(
      'It held more secrets than are kept: the rest is marked as removed in it and cannot be had again.',
    );
  return [`${words.join('; ')}.`, ...more].join(' ').slice(0, 1_024);
}
