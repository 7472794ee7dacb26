import type { RuleFault, RuleFileText } from '#shared/domain/audit/own-rules.ts';
import { client } from '../../../transport/queries.ts';
import { ruleFileNameOf } from './rule-file-name.ts';

/** Largest file that is sent, in bytes. */
const LONGEST = 524_288;
/** One message carries so many files and characters; JSON makes up to twice as much of them, and 1 MiB is the limit. */
const MOST_FILES = 200;
const MOST_CHARACTERS = 400_000;
/** Files that are looked at when a folder is chosen. */
const MOST_CHOSEN = 5_000;

/** A file that a person chose, as the browser gives it. */
export interface ChosenFile {
  name: string;
  size: number;
  text(): Promise<string>;
}

/** What became of chosen files. */
export interface AddedRules {
  added: number;
  faults: RuleFault[];
}

/**
 * Reads chosen files, adds those that are rule files, and says why the others are left out. Files that are no YAML are passed over
 * in silence: a folder of rules has a readme too.
 * @param progress told of the files that are done, out of all
 * @param stop when aborted, what was not sent yet is left out
 * @throws what the console answers; what was added before stays
 */
export async function addRules(
  chosen: readonly ChosenFile[],
  progress: (done: number, of: number) => void,
  stop: AbortSignal,
): Promise<AddedRules> {
  const files = chosen.filter(({ name }) => /\.ya?ml$/i.test(name));
  const result: AddedRules = { added: 0, faults: [] };
  for (const file of files.slice(MOST_CHOSEN)) {
    result.faults.push({
      file: file.name,
      reason: `only ${MOST_CHOSEN.toLocaleString('en')} files are added at once`,
    });
  }
  let batch: RuleFileText[] = [];
  let characters = 0;
  const send = async (): Promise<void> => {
    if (batch.length === 0) return;
    const { added, faults } = await client.audit.addRules({ files: batch }, { signal: stop });
    result.added += added.length;
    result.faults.push(...faults);
    [batch, characters] = [[], 0];
  };
  const all = files.slice(0, MOST_CHOSEN);
  for (const [index, file] of all.entries()) {
    if (stop.aborted) break;
    if (file.size > LONGEST) {
      result.faults.push({ file: file.name, reason: 'it is larger than 512 KiB' });
      continue;
    }
    const text = await file.text();
    // A text of many line feeds, quotes or other letters than ASCII takes twice its length and more in a message.
    const size = JSON.stringify(text).length * 1.5;
    if (batch.length >= MOST_FILES || characters + size > MOST_CHARACTERS) await send();
    batch.push({ name: ruleFileNameOf(file.name), text });
    characters += size;
    progress(index + 1, all.length);
  }
  if (!stop.aborted) await send();
  return result;
}
