import { readBounded } from '#core/dependencies/inventory/read-bounded.ts';
import { readRequirements } from '#core/dependencies/inventory/read-requirements.ts';
import { pinnedInstall } from '#core/dependencies/requirements/install-line.ts';
import type { LockFile } from '#core/dependencies/requirements/lock-file.ts';
import type { PinProblem } from '#core/dependencies/requirements/pin-problem.ts';
import { problemsOfFile } from '#core/dependencies/requirements/pin-problems.ts';
import { requirementKind } from '#core/dependencies/requirements/requirement-kind.ts';
import { decodeText } from '#core/facts/script/decode.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { asJson } from './report.ts';
import type { Terminal } from './terminal.ts';

const MAX_FILE = 16 * 1024 * 1024;

function read(path: string): { problems: PinProblem[]; lock: LockFile | null } {
  const kind = requirementKind(path);
  if (kind !== 'setup' && kind !== 'installer') {
    const found = readRequirements(path);
    if (!found.ok) throw couldNot(visible(found.reason));
    return found;
  }
  const file = readBounded(path, MAX_FILE);
  if (!file.ok)
    throw couldNot(`${visible(path)} cannot be read: it is not there, closed, or no regular file.`);
  const text = decodeText(file.bytes, MAX_FILE);
  return { problems: problemsOfFile({ path, kind, text, cut: file.cut }), lock: null };
}

/**
 * `swarmkeep dependencies pins`: what floats, and the lines that pin contents where a lock has hashes.
 * @throws CommandFailure for a file that cannot be read
 */
export function pinsOf(
  files: readonly string[],
  options: { install?: string[] | undefined; json: boolean },
  terminal: Terminal,
): ExitCode {
  const all = files.map((path) => ({ path, ...read(path) }));
  const problems = all.flatMap((file) => file.problems);
  const { install: wanted } = options;
  const only = wanted === undefined || wanted.includes('all') ? undefined : wanted;
  const installs =
    wanted === undefined
      ? []
      : all.flatMap(({ path, lock }) => (lock === null ? [] : [{ path, ...pinnedInstall(lock, only) }]));
  if (wanted !== undefined && installs.length === 0)
    throw couldNot('None of the files is a lock with hashes.');
  if (options.json) terminal.out.write(asJson({ problems, installs }));
  else {
    const lines = problems.map(
      ({ place, line, text, seen }) =>
        `${visible(place)}${line === null ? '' : `:${line}`}: ${visible(text)}: ${seen}`,
    );
    for (const { lines: pinned, command, left } of installs)
      lines.push(
        ...pinned,
        ...left.map(({ name, why }) => `# ${visible(name)} is left out: ${visible(why)}`),
        `# Put these lines into FILE, then: ${command.join(' ')}`,
      );
    terminal.out.write(lines.length === 0 ? 'Nothing floats.\n' : `${lines.join('\n')}\n`);
  }
  return problems.length > 0 ? EXIT.found : EXIT.fine;
}
