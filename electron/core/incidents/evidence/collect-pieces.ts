import { randomBytes } from 'node:crypto';
import { runTrip, type TripHello } from '#core/facts/collect/trip.ts';
import type { ScriptOutput } from '#core/facts/collector.ts';
import { END, PRELUDE } from '#core/facts/script/prelude.ts';
import { readRecords } from '#core/facts/script/records.ts';
import type { HostError, ScriptHost } from '#core/hosts/host.ts';
import type { EvidenceSubject } from '#shared/domain/incident/evidence.ts';
import { type EvidenceTrip, JOB_BYTES } from './jobs.ts';
import { type AgentPlaces, fromHome, word } from './places.ts';
import { type ReadPiece, readPieces } from './read-pieces.ts';
import { evidenceScript } from './script.ts';

/** What one shell brought. */
export interface TakenJob {
  subject: EvidenceSubject;
  pieces: ReadPiece[];
  finished: boolean;
  output: Pick<ScriptOutput, 'timedOut' | 'cut' | 'exitCode' | 'stderr'>;
}

export interface TakenTrip {
  /** In the order of the trip; one that never ended is there with what came of it. */
  jobs: TakenJob[];
  /** Tokens of the swarm as they lie on the node, one character a byte: to be found in evidence, and nothing else. */
  tokens: string[];
  hello: TripHello | null;
  /** Why the trip as a whole broke off; null when it did not. */
  error: HostError | null;
}

/** Reads the token files, so that tokens are known wherever they stand. They leave the node over the connection only, and no disk has them. */
function tokenScript(places: AgentPlaces): string {
  const lines = places.configurationFolders.map((folder) => {
    const { base, rest } = fromHome(folder, places.homes);
    return `for token in swarm-token swarm-token.new swarm-token.old; do read_file ${word(base)} ${word(rest)} "$token" 4096 | emit_content token; done\n`;
  });
  return `${PRELUDE}${lines.join('')}${END}`;
}

/**
 * Takes the pieces of one round trip.
 * @param onJob told when a shell ended, with its place in the list
 */
export async function collectPieces(
  host: ScriptHost,
  trip: EvidenceTrip,
  places: AgentPlaces,
  options: { withTokens: boolean; signal?: AbortSignal | undefined; onJob(): void },
): Promise<TakenTrip> {
  const edge = randomBytes(16).toString('hex');
  const jobs: (TakenJob | null)[] = trip.jobs.map(() => null);
  const tokens: string[] = [];
  let hello: TripHello | null = null;
  const end = await runTrip(
    host,
    [
      ...trip.jobs.map((job) => ({
        script: evidenceScript(edge, job.body),
        budgetMs: job.budgetMs,
        maxBytes: JOB_BYTES[job.subject],
      })),
      ...(options.withTokens ? [{ script: tokenScript(places), budgetMs: 5_000, maxBytes: 65_536 }] : []),
    ],
    {
      sudo: true,
      signal: options.signal,
      onHello: (said) => {
        hello = said;
      },
      onJob(index, output) {
        const job = trip.jobs[index];
        if (job === undefined) tokens.push(...readTokens(output));
        else {
          const { stdout, ...rest } = output;
          jobs[index] = { subject: job.subject, ...readPieces(stdout, edge), output: rest };
          options.onJob();
        }
      },
    },
  );
  return {
    jobs: trip.jobs.map(
      (job, index) =>
        jobs[index] ?? {
          subject: job.subject,
          pieces: [],
          finished: false,
          output: { timedOut: false, cut: false, exitCode: null, stderr: '' },
        },
    ),
    tokens,
    hello,
    error: end.ok ? null : end.error,
  };
}

function readTokens(output: ScriptOutput): string[] {
  return readRecords(output)
    .records.filter(({ tag }) => tag === 'token')
    .map(({ fields }) => (fields[0] ?? Buffer.alloc(0)).toString('latin1').trim())
    .filter((token) => token.length >= 8);
}
