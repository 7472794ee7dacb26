import type { SealedStore } from '#core/secrets/sealed/sealed-store.ts';
import type { EvidenceSummary } from '#shared/domain/incident/evidence.ts';
import { SEALED_BYTES } from '#shared/domain/sealed/sealed-state.ts';
import type { SecretMarks } from './secret-marks.ts';

/** Room for the braces around the entries. */
const MOST = SEALED_BYTES - 64;

/**
 * Keeps what was taken out of an archive in the sealed store of this console: there it is encrypted under a key that lies elsewhere, can be
 * destroyed by itself, and the archive can be shown to others without it.
 * @param id of the archive; entries are called `evidence:ID:1` and so on
 * @param secrets base64 by the number of its mark
 * @returns false when nothing or not all could be sealed: then none of it is kept
 */
export async function sealSecrets(
  sealed: SealedStore | null,
  id: string,
  secrets: Record<string, string>,
): Promise<boolean> {
  if (sealed === null) return false;
  const parts: Record<string, string>[] = [{}];
  let size = 0;
  for (const [number, secret] of Object.entries(secrets)) {
    const more = number.length + secret.length + 6;
    if (more > MOST) return false;
    if (size + more > MOST) {
      parts.push({});
      size = 0;
    }
    (parts.at(-1) ?? {})[number] = secret;
    size += more;
  }
  const names: string[] = [];
  for (const [at, part] of parts.entries()) {
    const bytes = Buffer.from(JSON.stringify(part), 'latin1');
    const name = `evidence:${id}:${at + 1}`;
    const end = await sealed.seal(name, bytes);
    bytes.fill(0);
    if (!end.ok) {
      for (const former of names) await sealed.destroy(former);
      return false;
    }
    names.push(name);
  }
  return true;
}

/**
 * Keeps what the marks of an archive stand for, as `sealSecrets` does.
 * @returns what became of it all; `partly` when some marks stand for what was given up
 */
export async function keepSecrets(
  sealed: SealedStore | null,
  id: string,
  marks: SecretMarks | null,
): Promise<EvidenceSummary['secretsKept']> {
  const secrets = marks?.secrets() ?? {};
  if (Object.keys(secrets).length === 0) return 'none';
  if (!(await sealSecrets(sealed, id, secrets))) return 'not-kept';
  return marks !== null && marks.givenUp > 0 ? 'partly' : 'sealed';
}
