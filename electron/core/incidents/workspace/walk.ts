import { runTrip } from '#core/facts/collect/trip.ts';
import { readRecords } from '#core/facts/script/records.ts';
import type { HostError, ScriptHost } from '#core/hosts/host.ts';
import { shownPath } from './compare.ts';
import { readMounted } from './mounted-below.ts';
import { addHashes, readList, type Tree } from './tree.ts';
import { hashScript, listScript } from './walk-script.ts';

/** Bytes of the list and of the hashes that are taken: a million entries with long names. */
const LIST_BYTES = 320 * 1024 * 1024;
const HASH_BYTES = 192 * 1024 * 1024;
const BUDGET_MS = 240_000;

export type Walked =
  | { ok: true; tree: Tree; privilege: 'root' | 'sudo' | 'user'; unseen: string[] }
  | { ok: false; error: HostError };

/**
 * Lists and hashes what lies below some places of a node, in one round trip; nothing is written there.
 * @param roots as `watchedPlaces` gives them
 * @param setuid whether programs of the system that run with the rights of others are listed too
 */
export async function walk(
  host: ScriptHost,
  roots: readonly string[],
  options: { setuid: boolean; signal?: AbortSignal | undefined },
): Promise<Walked> {
  const outputs: { stdout: Buffer; timedOut: boolean; cut: boolean; exitCode: number | null }[] = [];
  let uid = -1;
  let bySudo = false;
  const job = (script: string, maxBytes: number) => ({ script, budgetMs: BUDGET_MS, maxBytes });
  const end = await runTrip(
    host,
    [job(listScript(roots, options.setuid), LIST_BYTES), job(hashScript(roots, options.setuid), HASH_BYTES)],
    {
      sudo: true,
      signal: options.signal,
      onHello: (hello) => {
        uid = hello.uid;
        bySudo = hello.bySudo;
      },
      onJob: (index, output) => {
        outputs[index] = output;
      },
    },
  );
  if (!end.ok) return end;
  const [list, hashes] = outputs;
  const tree = readList(list?.stdout ?? Buffer.alloc(0));
  addHashes(tree, hashes?.stdout ?? Buffer.alloc(0));
  const unseen: string[] = [];
  unseen.push(...unseenMounts(roots, list?.stdout ?? Buffer.alloc(0), options.setuid));
  if (!tree.whole)
    unseen.push(
      list?.timedOut
        ? 'The list of files took too long and is not whole: what is missing in it is not called deleted.'
        : 'The list of files is not whole: what is missing in it is not called deleted.',
    );
  if (!tree.hashed)
    unseen.push(
      hashes?.exitCode === 3 || hashes?.exitCode === 4
        ? 'The node has no sha256sum that can do this: contents were not compared, only sizes and times.'
        : 'Not all contents could be hashed in time: of the others sizes and times were compared.',
    );
  return { ok: true, tree, privilege: bySudo ? 'sudo' : uid === 0 ? 'root' : 'user', unseen };
}

/** What the list does not hold because it lies on another file system. They are told before the first entry. */
function unseenMounts(roots: readonly string[], bytes: Buffer, setuid: boolean): string[] {
  const first = bytes.indexOf('@f:3\0');
  const { records } = readRecords({ stdout: first < 0 ? bytes : bytes.subarray(0, first) });
  const mounted = readMounted(setuid ? [...roots, '/usr'] : roots, records);
  if (mounted === null)
    return ['Which file systems are mounted there is not known; what is in them was not looked at.'];
  return mounted
    .slice(0, 64)
    .map((path) => `${shownPath(path).slice(0, 900)} is another file system and was not looked into.`);
}
