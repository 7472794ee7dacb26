/** One line of a unified comparison, with its number before and after; null where it is not in that version. */
export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
  before: number | null;
  after: number | null;
}

/** Lines that are the same in both, between two places that changed. */
export interface DiffFold {
  kind: 'fold';
  lines: readonly DiffLine[];
}

/** Cells of the table of common lines, 16 MB of numbers at most; beyond it the middle is shown as replaced. */
const CELLS = 4_000_000;

/** Unchanged lines that stay beside a change, as diff -u has them. */
const CONTEXT = 3;

/**
 * Compare two texts line by line: the longest common subsequence between a common beginning and a common end. Texts too
 * long for that are shown as replaced, which is longer to read and never wrong.
 * @param before the text as it is; null when there is none
 * @param after the text as it would be; null when there would be none
 */
export function lineDiff(before: string | null, after: string | null): DiffLine[] {
  const old = linesOf(before);
  const next = linesOf(after);
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < next.length - start &&
    old[old.length - 1 - end] === next[next.length - 1 - end]
  ) {
    end += 1;
  }
  const same = (from: number, to: number, shift: number): DiffLine[] =>
    old.slice(from, to).map((text, index) => ({
      kind: 'same',
      text,
      before: from + index + 1,
      after: from + index + 1 + shift,
    }));
  return [
    ...same(0, start, 0),
    ...middle(old.slice(start, old.length - end), next.slice(start, next.length - end), start),
    ...same(old.length - end, old.length, next.length - old.length),
  ];
}

/** A final line feed ends the last line and begins no other. */
function linesOf(text: string | null): string[] {
  if (text === null || text === '') return [];
  return text.replace(/\n$/, '').split('\n');
}

function middle(old: readonly string[], next: readonly string[], offset: number): DiffLine[] {
  const width = next.length + 1;
  const removed = (index: number): DiffLine => ({
    kind: 'removed',
    text: old[index] ?? '',
    before: offset + index + 1,
    after: null,
  });
  const added = (index: number): DiffLine => ({
    kind: 'added',
    text: next[index] ?? '',
    before: null,
    after: offset + index + 1,
  });
  if ((old.length + 1) * width > CELLS) {
    return [...old.map((_, index) => removed(index)), ...next.map((_, index) => added(index))];
  }
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < next.length) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      lines.push({ kind: 'same', text: old[i] ?? '', before: offset + i + 1, after: offset + j + 1 });
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= next.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(i));
      i += 1;
    } else {
      lines.push(added(j));
      j += 1;
    }
  }
  return lines;
}

/**
 * Folds what did not change, except for three lines around each change. A single hidden line is shown: the words for it
 * would take as much room.
 */
export function foldSame(lines: readonly DiffLine[]): (DiffLine | DiffFold)[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    for (let by = -CONTEXT; by <= CONTEXT; by += 1) {
      if (index + by >= 0 && index + by < lines.length) near[index + by] = 1;
    }
  });
  const shown: (DiffLine | DiffFold)[] = [];
  let hidden: DiffLine[] = [];
  const close = () => {
    if (hidden.length > 1) shown.push({ kind: 'fold', lines: hidden });
    else shown.push(...hidden);
    hidden = [];
  };
  lines.forEach((line, index) => {
    if (near[index]) {
      close();
      shown.push(line);
    } else {
      hidden.push(line);
    }
  });
  close();
  return shown;
}

/** @returns how many lines come and how many go */
export function diffCounts(lines: readonly DiffLine[]): { added: number; removed: number } {
  return {
    added: lines.filter(({ kind }) => kind === 'added').length,
    removed: lines.filter(({ kind }) => kind === 'removed').length,
  };
}
