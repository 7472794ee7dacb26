import { eventTime } from '#core/detection/sigma/events/event-time.ts';
import { flatEvent, sourceOfEvent } from '#core/detection/sigma/events/flat-event.ts';
import { createRun, type RunResult } from '#core/detection/sigma/run.ts';
import type { LogSource } from '#shared/domain/audit/event.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { eventsOf } from './event-file.ts';
import { EXIT, type ExitCode, usage } from './failure.ts';
import { printableJson } from './json-text.ts';
import { loadRules } from './rule-options.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

export interface DetectOptions {
  rules: readonly string[];
  events: string;
  logsource?: string | undefined;
  allRules: boolean;
  value: readonly string[];
  json: boolean;
}

/** Matches, as numbers: there may be millions of them. */
interface Found {
  events: number;
  matched: number;
  /** Number of the event, counted from 0, and of the rule in `rules`, by turns. */
  matches: number[];
  rules: RunResult['rule'][];
  unknownSource: number;
  /** Pieces of text that were no events. */
  broken: number;
}

/** Faults that are told one by one. */
const MOST_TOLD = 5;

/**
 * `swarmkeep detect`: puts events to rules.
 * @returns 0, 1 when something was found, or 2 when some text was no event, whatever was found in the rest
 * @throws CommandFailure for rules or a file that cannot be read
 */
export async function detect(options: DetectOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.allRules && options.logsource !== undefined)
    throw usage('--all-rules and --logsource exclude each other.');
  const source = options.logsource === undefined ? null : logSource(options.logsource);
  const set = loadRules(options.rules, options.value);
  for (const { file, reason } of set.failed)
    terminal.error.write(`Not used: ${visible(file)}: ${visible(reason)}\n`);
  for (const { file, placeholders } of set.needsValues)
    terminal.error.write(
      `Not used: ${visible(file)} needs --value for ${placeholders.map(visible).join(', ')}\n`,
    );
  const began = performance.now();
  const run = createRun(set);
  const found: Found = { events: 0, matched: 0, matches: [], rules: [], unknownSource: 0, broken: 0 };
  const numbers = new Map<RunResult['rule'], number>();
  let at = 0;
  const onFault = (words: string): void => {
    found.broken += 1;
    if (found.broken <= MOST_TOLD) terminal.error.write(`${visible(words)}\n`);
  };
  for await (const group of eventsOf(options.events, onFault))
    for (const { object } of group) {
      const fields = flatEvent(object);
      const own = options.allRules ? null : (source ?? sourceOfEvent(fields));
      if (own !== null && own.product === null && own.category === null && own.service === null)
        found.unknownSource += 1;
      if (set.correlations.length > 0) at = eventTime(fields) ?? at;
      const results = run.take({ fields, raw: '' }, own, found.events, at, '');
      for (const { rule } of results) {
        let number = numbers.get(rule);
        if (number === undefined) {
          number = found.rules.push(rule) - 1;
          numbers.set(rule, number);
        }
        found.matches.push(found.events, number);
      }
      if (results.length > 0) found.matched += 1;
      found.events += 1;
    }
  const seconds = Math.round(performance.now() - began) / 1_000;
  if (found.unknownSource > 0)
    terminal.error.write(
      `${figures(found.unknownSource)} of ${figures(found.events)} ${found.events === 1 ? 'event' : 'events'} ${found.unknownSource === 1 ? 'does' : 'do'} not say what log ${found.unknownSource === 1 ? 'it is' : 'they are'} from, and ${found.unknownSource === 1 ? 'was' : 'were'} put to every rule; --logsource says it.\n`,
    );
  if (found.broken > 0)
    terminal.error.write(
      `${counted(found.broken, 'piece')} of text could not be read as ${found.broken === 1 ? 'an event' : 'events'} and ${found.broken === 1 ? 'was' : 'were'} left out.\n`,
    );
  const { groups, entries } = run.letGo;
  if (groups + entries > 0)
    terminal.error.write(
      `Correlations let go of ${counted(groups, 'group')} and ${counted(entries, 'entry', 'entries')} to bound their memory.\n`,
    );
  if (options.json) writeJson(found, seconds, terminal);
  else writeTable(found, seconds, terminal);
  // What was left out may be what was looked for.
  if (found.broken > 0) return EXIT.couldNot;
  return found.matches.length > 0 ? EXIT.found : EXIT.fine;
}

const figures = (count: number): string => count.toLocaleString('en');

/** Reads `product=linux,category=process_creation`. @throws CommandFailure (wrong usage) */
function logSource(text: string): LogSource {
  const source: LogSource = { product: null, category: null, service: null };
  for (const part of text.split(',')) {
    const [name = '', value = '', ...more] = part.split('=').map((word) => word.trim());
    if ((name !== 'product' && name !== 'category' && name !== 'service') || value === '' || more.length > 0)
      throw usage(
        `--logsource takes product=…, category=… and service=… with commas between, not ${visible(part)}.`,
      );
    if (source[name] !== null) throw usage(`--logsource names ${name} twice.`);
    source[name] = value.toLowerCase();
  }
  return source;
}

/** One document, written in pieces: the list may be longer than a text can be. */
function writeJson(
  { events, matched, matches, rules, broken }: Found,
  seconds: number,
  terminal: Terminal,
): void {
  const known = rules.map(
    ({ id, rule }) =>
      `"rule":${printableJson(id)},"title":${printableJson(rule.title)},"level":${printableJson(rule.level)}}`,
  );
  terminal.out.write(`{"events":${events},"matched":${matched},"matches":[`);
  let piece = '';
  for (let at = 0; at < matches.length; at += 2) {
    piece += `${at === 0 ? '' : ','}\n{"event":${matches[at]},${known[matches[at + 1] ?? 0]}`;
    if (piece.length > 65_536) {
      terminal.out.write(piece);
      piece = '';
    }
  }
  terminal.out.write(`${piece}\n]${broken > 0 ? `,"broken":${broken}` : ''},"seconds":${seconds}}\n`);
}

function writeTable({ events, matched, matches, rules }: Found, seconds: number, terminal: Terminal): void {
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  for (let at = 0; at < matches.length; at += 2) {
    const found = rules[matches[at + 1] ?? 0];
    if (found === undefined) continue;
    const { level, title } = found.rule;
    const colour = level === 'critical' || level === 'high' ? 'red' : level === 'medium' ? 'yellow' : 'dim';
    terminal.out.write(
      `event ${String(matches[at]).padEnd(8)} ${paint(colour, (level ?? 'no level').padEnd(13))}  ${visible(title)}  ${paint('dim', visible(found.id))}\n`,
    );
  }
  const speed = seconds > 0 ? `, ${figures(Math.round(events / seconds))} a second` : '';
  terminal.out.write(
    `${figures(events)} ${events === 1 ? 'event' : 'events'}, ${figures(matched)} with a match (${seconds.toFixed(2)} s${speed})\n`,
  );
}
