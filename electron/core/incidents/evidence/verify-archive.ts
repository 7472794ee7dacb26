import type { ArchiveVerdict } from '#shared/domain/incident/evidence.ts';
import { EvidenceError } from './evidence-error.ts';
import { type ReadArchive, readArchive } from './read-archive.ts';

/** What the ledger recorded of an archive. */
export interface RecordedArchive {
  sha256: string;
  manifestSha256: string;
}

/**
 * Holds an archive against itself and, where the ledger knows it, against that. Nothing in it is kept or written anywhere.
 * @param recorded looks an archive up by the id that it names, or null when it could not be read so far
 * @throws EvidenceError when the file cannot be opened; AbortError
 */
export async function verifyArchive(
  file: string,
  recorded: (archive: { id: string | null; sha256: string | null }) => Promise<RecordedArchive | null>,
  signal?: AbortSignal,
): Promise<ArchiveVerdict> {
  const read = await opened(file, signal);
  const id = read.ok ? read.manifest.id : null;
  const known = await recorded({ id, sha256: read.sha256 });
  const against = known === null ? ('itself' as const) : ('ledger' as const);
  if (!read.ok) {
    const sentence = `This is not an archive as it was taken: ${read.why}. It was not unpacked.`;
    return { verified: false, against, sha256: read.sha256, manifest: null, sentence };
  }
  const { manifest, sha256, manifestSha256 } = read;
  if (known === null)
    return {
      verified: true,
      against,
      sha256,
      manifest,
      sentence:
        'All parts of this archive fit each other. The ledger of this console does not know it, so nothing says that nobody made it anew.',
    };
  const same = known.sha256 === sha256 && known.manifestSha256 === manifestSha256;
  return {
    verified: same,
    against,
    sha256,
    manifest,
    sentence: same
      ? 'This archive is, byte for byte, the one that the ledger recorded when it was taken.'
      : 'All parts of this archive fit each other, but it is another one than the ledger recorded: it was changed or made anew.',
  };
}

async function opened(file: string, signal: AbortSignal | undefined): Promise<ReadArchive> {
  try {
    return await readArchive(file, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new EvidenceError(
      code === 'ENOENT' ? 'There is no such archive.' : 'The archive could not be opened.',
      'Nothing was changed.',
      code === 'ELOOP'
        ? 'Name the file itself: links are not followed.'
        : 'Look at its name and permissions.',
      { cause: error },
    );
  }
}
