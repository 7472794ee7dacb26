import { PLAIN_COPY } from './histories.ts';
import type { Deed, ModelOptions } from './model-run.ts';

const SHORT = 'a short banner\n';
const LONG = `${'a long banner '.repeat(45)}\n`;

/**
 * Reads a history: `rename` and `copy` with `.gz` or `.zst` where it is packed, `+2` lines between, `E` where the log may be empty then;
 * `w3` lines that are written, `w1t` one in two pieces; `stop`; `quiet`.
 */
function deeds(text: string): Deed[] {
  return text.split(' ').map((word): Deed => {
    if (word === 'stop' || word === 'quiet') return { kind: word };
    const written = /^w(\d)(t?)$/.exec(word);
    if (written) return { kind: 'write', lines: Number(written[1]), torn: written[2] === 't' };
    const turned = /^(rename|copy)(\.gz|\.zst)?(?:\+(\d))?(E?)$/.exec(word);
    if (!turned) throw new Error(`not a deed: ${word}`);
    const [, kind, pack = '', between = '0', empty] = turned;
    return {
      kind: kind as 'rename' | 'copy',
      pack: pack as '' | '.gz' | '.zst',
      between: Number(between),
      empty: empty === 'E',
    };
  });
}

type Found = [deeds: string, delays: number[], other?: Partial<ModelOptions>];

const history = ([text, delays, other]: Found, ending: Deed[]): ModelOptions => ({
  naming: 'numbers',
  kept: 40,
  delayed: false,
  remote: false,
  banner: '',
  ...other,
  deeds: deeds(text),
  delays,
  ending,
});

/** Histories in which something was lost, doubled or told wrongly once: generations that begin alike, packed or removed between two looks. */
const renamed: Found[] = [
  ['rename w1 w1', [0], { banner: LONG }],
  ['rename rename.gz quiet', [0, 6], { banner: SHORT }],
  ['rename rename rename rename rename.zst', [13, 0], { banner: LONG, remote: true }],
  ['rename rename rename.zst quiet rename stop', [0], { banner: SHORT }],
  ['rename rename rename.gz', [0, 14, 0, 3], { banner: LONG }],
  ['rename rename rename.gz', [14, 0, 2, 1], { banner: LONG, naming: 'dates' }],
  ['rename quiet rename+2 rename rename', [4, 0], { banner: SHORT, delayed: true }],
  ['rename.zst renameE quiet rename.zst+1 w1 w1 rename.zst+1', [1, 0, 0, 0, 3, 1]],
];
const mixed: Found[] = [
  ['rename copy+1 quiet', [0]],
  ['w1 copy w1 rename w1', [3]],
  ['w1t copy quiet copy+1 copy+1 copy+1 w1 w1 w1', [6, 0, 0], { delayed: true }],
  ['w1t copy rename rename+2 copy+1', [4, 1], { banner: LONG }],
  ['rename quiet stop copy+2 rename+1 w1 stop w1 stop stop w1 w1', [14], { banner: LONG, delayed: true }],
  ['w1 stop w2 w1t copy w1 copy+1 w1 copy stop w1 w1 stop w1', [4, 5, 0], { banner: LONG }],
  ['w4 stop quiet copy w1 quiet w1 stop stop stop copy.zst', [2, 0]],
];
const removed: Found[] = [
  ['rename quiet rename+1 rename+1 w1 w1 w1', [0, 8, 1, 3], { kept: 1, banner: LONG }],
  ['rename+1 rename copy rename', [0], { kept: 3, banner: LONG, delayed: true }],
  ['rename quiet copy w1 rename', [0], { kept: 1, banner: SHORT }],
  ['rename copy rename', [0], { kept: 1 }],
  ['rename quiet rename.gz stop stop copy.gz+1', [12, 0, 0, 0, 0, 0], { kept: 1, banner: SHORT }],
  ['rename rename quiet w1 copy.zst stop', [0], { kept: 1, banner: LONG }],
  ['rename w1 copy+1', [13], { kept: 2, banner: LONG, delayed: true }],
  ['rename quiet copy rename w1 copy', [0], { kept: 2, banner: SHORT, delayed: true }],
  ['rename quiet rename w1 copy stop rename', [0], { kept: 2, banner: LONG, delayed: true }],
  [
    'copy rename.zst rename stop w1 copy.gz+1 stop w1 copy.gz w1 quiet stop copy+1 copy+2',
    [12, 0, 14],
    { kept: 2, banner: LONG },
  ],
  [
    'rename.gz+2 copy stop stop w1 copy.zst+2 w1 copy.zst+2 rename.gz rename.zst+2 w1 stop copy.zst',
    [8, 3, 3, 5],
    { kept: 2, banner: SHORT, naming: 'dates' },
  ],
];

const one: Deed[] = [{ kind: 'write', lines: 1, torn: false }];
export const RENAMED: [ModelOptions][] = renamed.map((found) => [history(found, one)]);
export const MIXED: [ModelOptions][] = mixed.map((found) => [history(found, PLAIN_COPY)]);
export const REMOVED: [ModelOptions][] = removed.map((found) => [history(found, PLAIN_COPY)]);
