import { expect, it } from 'vitest';
import type { SealedStore } from '#core/secrets/sealed/sealed-store.ts';
import type { EvidenceManifest } from '#shared/domain/incident/evidence.ts';
import { keepSecrets } from './seal-secrets.ts';
import { SecretMarks } from './secret-marks.ts';
import { summaryOf } from './summary.ts';

/** A store that keeps, or refuses, whatever it is given. */
const store = (ok: boolean) => ({ seal: async () => ({ ok }), destroy: async () => ({ ok: true }) });
const marksOf = (secrets: number): SecretMarks => {
  const marks = new SecretMarks([]);
  for (let at = 0; at < secrets; at += 1) marks.mark(Buffer.from(`PASSWORD=secret-${at}`));
  return marks;
};
const kept = (secrets: number, ok = true) =>
  keepSecrets(store(ok) as unknown as SealedStore, 'evidence-1', marksOf(secrets));

it('says what became of the secrets of an archive, and never that all are kept where some were given up', async () => {
  expect(await kept(0)).toBe('none');
  expect(await kept(512)).toBe('sealed');
  expect(await kept(513)).toBe('partly');
  expect(await kept(513, false)).toBe('not-kept');
  expect(await keepSecrets(null, 'evidence-1', marksOf(1))).toBe('not-kept');
  expect(await keepSecrets(null, 'evidence-1', null)).toBe('none');
});

it('says in its sentence that not all secrets are kept', () => {
  const manifest: EvidenceManifest = {
    format: 'swarmkeep-evidence',
    version: 1,
    id: 'evidence-1',
    incident: null,
    node: { id: 'boa', name: 'boa' },
    takenAt: '2026-11-23T08:00:00.000Z',
    endedAt: '2026-11-23T08:00:01.000Z',
    takenBy: '1',
    privilege: 'root',
    skewMs: 0,
    pieces: [],
  };
  const rest = { file: '/x', bytes: 1, sha256: '', manifestSha256: '', partial: false, why: null };
  const sentence = (secretsKept: 'sealed' | 'partly') =>
    summaryOf({ manifest, ...rest, secretsKept }).sentence;
  expect(sentence('partly')).toContain('more secrets than are kept');
  expect(sentence('sealed')).not.toContain('secrets');
});
