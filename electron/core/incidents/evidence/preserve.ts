import { createHash, randomBytes } from 'node:crypto';
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScriptHost } from '#core/hosts/host.ts';
import type { SealedStore } from '#core/secrets/sealed/sealed-store.ts';
import {
  EVIDENCE_SUBJECTS,
  type EvidenceManifest,
  type EvidencePiece,
  type EvidenceProgress,
  type EvidenceSummary,
} from '#shared/domain/incident/evidence.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { ARCHIVE_ENDING, MANIFEST_NAME } from './archive-form.ts';
import { collectPieces, type TakenJob, type TakenTrip } from './collect-pieces.ts';
import { diskError, EvidenceError } from './evidence-error.ts';
import { evidenceTrips } from './jobs.ts';
import { originOf, outcomeOf, slugOf } from './piece-outcome.ts';
import { agentPlaces } from './places.ts';
import { keepSecrets } from './seal-secrets.ts';
import { SecretMarks } from './secret-marks.ts';
import { summaryOf } from './summary.ts';
import { ArchiveWriter } from './write-archive.ts';

/** Room that must be free before anything is asked of the node, in bytes: what an archive takes at most, packed as text is. */
export const ROOM_BYTES = 160 * 1024 * 1024;

export interface PreserveRequest {
  host: ScriptHost;
  node: { id: string; name: string };
  profile: Profile | null;
  /** The prepared data folder; archives go into `evidence` in it. */
  dataFolder: string;
  incident: string | null;
  version: string;
  now(): Date;
  sealed: SealedStore | null;
  onProgress?: ((progress: EvidenceProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** For tests: free bytes of the disk. */
  freeBytes?: (folder: string) => Promise<number>;
}

/**
 * Takes evidence of a node: three round trips in order of volatility, nothing installed and no file written there. Each shell has a limit
 * of time and of bytes, so that one item that hangs stops no other. Called off or cut off in the middle, what came until then becomes an
 * archive that is marked as partial.
 * @throws EvidenceError when nothing could be taken or kept, and then nothing is left; AbortError when it was called off before anything came
 */
export async function preserve(request: PreserveRequest): Promise<EvidenceSummary> {
  const { node, signal, now } = request;
  signal?.throwIfAborted();
  const takenAt = now();
  const id = `${takenAt.toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}-${randomBytes(4).toString('hex')}`;
  const folder = join(request.dataFolder, 'evidence');
  const file = join(folder, `${node.id}-${id}${ARCHIVE_ENDING}`);
  await makeRoom(folder, request.freeBytes ?? freeBytes);
  const writer = await ArchiveWriter.open(file).catch((error: unknown) => {
    throw diskError(error) ?? error;
  });
  try {
    const taking = new Taking(request, writer);
    await taking.all();
    const { pieces, marks } = taking;
    const secretsKept = await keepSecrets(request.sealed, id, marks);
    const manifest: EvidenceManifest = {
      format: 'swarmkeep-evidence',
      version: 1,
      id,
      incident: request.incident,
      node: { id: node.id, name: node.name },
      takenAt: takenAt.toISOString(),
      endedAt: now().toISOString(),
      takenBy: request.version.slice(0, 64),
      privilege: taking.privilege,
      skewMs: taking.skewMs,
      pieces,
    };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
    await writer.add(MANIFEST_NAME, text, now());
    const whole = await writer.finish();
    const manifestSha256 = createHash('sha256').update(text).digest('hex');
    const partial = taking.brokenOff !== null;
    return summaryOf({
      manifest,
      file,
      ...whole,
      manifestSha256,
      secretsKept,
      partial,
      why: taking.brokenOff,
    });
  } catch (error) {
    await writer.abandon();
    throw diskError(error) ?? error;
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function makeRoom(folder: string, free: (folder: string) => Promise<number>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw diskError(error) ?? error;
  }
  const room = await free(folder);
  if (room >= ROOM_BYTES) return;
  throw new EvidenceError(
    `Evidence may take ${ROOM_BYTES / 1024 / 1024} MB on this computer, and ${Math.floor(room / 1024 / 1024)} MB are free. Nothing was taken.`,
    'Nothing was asked of the node, and nothing was changed there.',
    'Free some space and preserve again at once: what is in memory passes.',
  );
}

/** One preservation while it runs. */
class Taking {
  readonly pieces: EvidencePiece[] = [];
  marks: SecretMarks | null = null;
  privilege: EvidenceManifest['privilege'] = 'user';
  skewMs: number | null = null;
  /** Why it ended early, in words; null when it did not. */
  brokenOff: string | null = null;
  readonly #request: PreserveRequest;
  readonly #writer: ArchiveWriter;
  #bytes = 0;
  #sequence = 0;

  constructor(request: PreserveRequest, writer: ArchiveWriter) {
    this.#request = request;
    this.#writer = writer;
  }

  async all(): Promise<void> {
    const { host, profile, signal } = this.#request;
    const places = agentPlaces(profile);
    const trips = evidenceTrips(places);
    const all = trips.reduce((sum, { jobs }) => sum + jobs.length, 0) + 1;
    let done = 0;
    for (const trip of trips) {
      const tell = () =>
        this.#request.onProgress?.({
          doing: trip.doing,
          done,
          all,
          bytes: this.#bytes,
          pieces: this.pieces.length,
        });
      tell();
      const at = this.#request.now().toISOString();
      const taken = await collectPieces(host, trip, places, {
        withTokens: this.marks === null,
        signal,
        onJob: () => {
          done += 1;
          tell();
        },
      });
      this.#learn(taken);
      for (const job of taken.jobs) await this.#keep(job, at);
      if (taken.error !== null) {
        if (!this.pieces.some(({ name }) => name !== null)) {
          signal?.throwIfAborted();
          throw new EvidenceError(
            `No evidence could be taken of ${this.#request.node.name}: ${taken.error.message}`,
            'Nothing was changed there, and no archive was made.',
            taken.error.next,
          );
        }
        this.brokenOff = signal?.aborted ? 'It was called off.' : taken.error.message;
        break;
      }
    }
    for (const { value, reason } of places.refused)
      this.#note('hashes', value.slice(0, 256), `Left out: ${reason}.`);
  }

  #learn({ hello, tokens }: TakenTrip): void {
    this.marks ??= new SecretMarks(tokens);
    if (hello === null) return;
    this.privilege = hello.bySudo ? 'sudo' : hello.uid === 0 ? 'root' : 'user';
    this.skewMs ??= hello.skewMs;
  }

  async #keep(job: TakenJob, at: string): Promise<void> {
    const privileged = this.privilege !== 'user';
    for (const piece of job.pieces) {
      const origin = originOf(piece);
      const { outcome, why } = outcomeOf(piece, job.output, privileged);
      const base = { subject: job.subject, origin, outcome, why, takenAt: at };
      // The manifest has an end, too: what is beyond it is counted by the piece that says so.
      if (this.pieces.length >= 4_000) return this.#full(job, at);
      if (piece.kind === 'absent' || (piece.content.length === 0 && outcome !== 'whole')) {
        this.pieces.push({ ...base, ...NOTHING });
        continue;
      }
      const { content, sealed } = this.marks?.mark(piece.content) ?? { content: piece.content, sealed: 0 };
      this.#sequence += 1;
      const name = `${number2(subjectNumber(job.subject))}-${job.subject}/${String(this.#sequence).padStart(4, '0')}-${slugOf(origin)}`;
      await this.#writer.add(name, content, new Date(at));
      this.#bytes += content.length;
      this.pieces.push({
        ...base,
        name,
        bytes: content.length,
        sha256AtSource: piece.end?.sha256 ?? null,
        sha256Received: piece.received,
        sha256: createHash('sha256').update(content).digest('hex'),
        sealed,
      });
    }
    if (!job.finished) {
      const { timedOut, cut } = job.output;
      const why = timedOut
        ? 'Ended after its time was over; what would have come behind the last piece is missing.'
        : cut
          ? 'It was more than is taken; what would have come behind the last piece is missing.'
          : 'It broke off; what would have come behind the last piece is missing.';
      this.#note(
        job.subject,
        EVIDENCE_SUBJECTS[job.subject],
        why,
        timedOut ? 'timed-out' : cut ? 'cut' : 'failed',
        at,
      );
    }
  }

  #full(job: TakenJob, at: string): void {
    if (this.pieces.some(({ why }) => why === FULL)) return;
    this.#note(job.subject, EVIDENCE_SUBJECTS[job.subject], FULL, 'cut', at);
  }

  #note(
    subject: EvidencePiece['subject'],
    origin: string,
    why: string,
    outcome: EvidencePiece['outcome'] = 'failed',
    takenAt = this.#request.now().toISOString(),
  ): void {
    this.pieces.push({ subject, origin, outcome, why, takenAt, ...NOTHING });
  }
}

const FULL = 'There are more pieces than an archive lists; the rest is missing.';
const NOTHING = { name: null, bytes: 0, sha256AtSource: null, sha256Received: null, sha256: null, sealed: 0 };
const number2 = (value: number): string => String(value).padStart(2, '0');
const subjectNumber = (subject: string): number => Object.keys(EVIDENCE_SUBJECTS).indexOf(subject) + 1;
