import type { BootRules } from '#shared/domain/facts/network.ts';
import { readSave } from '../iptables/read-save.ts';
import type { Table } from '../model.ts';
import { readNft } from '../nft/read-nft.ts';
import {
  anything,
  commandsIn,
  type Effects,
  effectsOf,
  effectsOfCommand,
  effectsOfStart,
  joinEffects,
  NO_EFFECTS,
} from './effects.ts';

type Loader = BootRules['loaders'][number];

/** What a machine has for rules at some moment, as far as files of units say. */
export interface Loaded {
  readonly tables: readonly Table[];
  /** Each as a phrase: what could not be read, so that nothing may be concluded from what is not there. */
  readonly doubts: readonly string[];
  /** Why something is missing that may yet be there, each as a phrase. */
  readonly maybe: readonly string[];
}

/** Several questions are asked of each file, and reading a long one takes its time. */
const readEffects = new WeakMap<object, Effects>();
const readTables = new WeakMap<object, { tables: readonly Table[]; doubt: string | null }>();

/** What a file does to tables that others made; one that was not read may do anything. */
function effectsOfFile(boot: BootRules, path: string): Effects {
  const file = boot.files.find((one) => one.path === path);
  if (file === undefined) return anything(`${path} was not looked at`);
  if (file.language !== 'nft' || file.problem === 'there is no such file') return NO_EFFECTS;
  const known = readEffects.get(file);
  if (known !== undefined) return known;
  const effects = file.text === null ? anything('not read') : effectsOf(file.text);
  const named =
    effects.perhaps === null
      ? effects
      : { ...effects, perhaps: { ...effects.perhaps, why: `${path}: ${effects.perhaps.why}` } };
  readEffects.set(file, named);
  return named;
}

/** The file that a command hands to nft, if it does nothing else. */
function fileOfCommand(command: string): string | null {
  return /^\S*\/?nft\s+(?:-f|--file)\s+(\/\S+)$/.exec(command.trim())?.[1] ?? null;
}

/** What a unit does to tables by its own commands, ahead of the files that it loads itself. */
function effectsOfCommands(
  loader: Loader,
  commands: readonly string[],
  effectsOfOne: (command: string) => Effects = effectsOfCommand,
): Effects {
  return joinEffects(
    commands.map((command) => {
      const path = fileOfCommand(command);
      if (path !== null && loader.files.includes(path)) return NO_EFFECTS;
      const effects = path === null ? effectsOfOne(command) : anything(`${path} was not followed`);
      return effects.perhaps === null
        ? effects
        : { ...effects, perhaps: { ...effects.perhaps, why: `${loader.unit}: ${effects.perhaps.why}` } };
    }),
  );
}

/** Debian's nftables.service erases everything when it stops; what others do was seen, or is nothing. */
function stopEffects(loader: Loader): Effects {
  if (loader.stops) return effectsOfCommands(loader, loader.stops);
  return loader.unit === 'nftables.service' ? effectsOf('flush ruleset') : NO_EFFECTS;
}

/** One thing that a unit does when it starts: it loads a file, or does something to tables by a command. */
type Step = { readonly path: string } | { readonly effects: Effects };

/** What a unit does when it starts, in order. Files that none of its commands names are loaded by the first that is not followed. */
function stepsOf(loader: Loader): Step[] {
  if (!loader.starts) return loader.files.map((path) => ({ path }));
  const steps: Step[] = [];
  const named = (words: readonly string[]) => loader.files.filter((path) => words.includes(path));
  const wordsOf = (command: string) => command.split(/\s+/).map((word) => word.replace(/^<+/, ''));
  const left = new Set(loader.files);
  for (const path of loader.starts.flatMap((line) => named(wordsOf(line)))) left.delete(path);
  const load = (path: string) => steps.push({ path });
  for (const command of loader.starts.flatMap(commandsIn)) {
    const files = named(wordsOf(command));
    files.forEach(load);
    if (files.length > 0) continue;
    const effects = effectsOfCommands(loader, [command], effectsOfStart);
    const isIdle = !reaches(effects, new Set());
    if (!isIdle) steps.push({ effects });
    else {
      left.forEach(load);
      left.clear();
    }
  }
  left.forEach(load);
  return steps;
}

/** What the start of a unit does to tables, by its commands and files. */
const startEffects = (boot: BootRules, loader: Loader): Effects =>
  joinEffects(
    stepsOf(loader).map((step) => ('path' in step ? effectsOfFile(boot, step.path) : step.effects)),
  );

/** Whether a unit may take away or change what another one loads. */
function reaches(
  { families, deleted, changed, emptied, perhaps }: Effects,
  own: ReadonlySet<string>,
): boolean {
  return (
    families.size > 0 ||
    perhaps !== null ||
    [...deleted, ...changed, ...emptied].some((table) => !own.has(table))
  );
}

/** Sorts so that a unit comes after those that it names in `After=`; the others keep their order. */
function inOrder(loaders: readonly Loader[]): Loader[] {
  const sorted: Loader[] = [];
  const waiting = [...loaders];
  while (waiting.length > 0) {
    const ready = waiting.findIndex(
      (one) => !waiting.some((other) => other !== one && one.after.includes(other.unit)),
    );
    sorted.push(...waiting.splice(Math.max(ready, 0), 1));
  }
  return sorted;
}

const sameTable = (a: Table, b: Table): boolean =>
  a.family === b.family &&
  a.name === b.name &&
  (a.source.backend === 'legacy') === (b.source.backend === 'legacy');

function tablesOf(boot: BootRules, path: string): { tables: readonly Table[]; doubt: string | null } {
  const file = boot.files.find((one) => one.path === path);
  if (file === undefined) return { tables: [], doubt: `${path} was not looked at` };
  const known = readTables.get(file);
  if (known !== undefined) return known;
  const read = readFile(file, path);
  readTables.set(file, read);
  return read;
}

function readFile(
  file: BootRules['files'][number],
  path: string,
): { tables: readonly Table[]; doubt: string | null } {
  // A unit whose file is not there loads nothing.
  if (file.problem === 'there is no such file') return { tables: [], doubt: null };
  // Without its text nobody knows whether a file of nft begins with `flush ruleset`.
  const text = file.language === 'nft' && file.text !== null ? file.loaded : file.text;
  if (text === null) return { tables: [], doubt: `${path}: ${file.problem ?? 'not read'}` };
  const read = file.language === 'nft' ? readNft(text) : readSave(text, file.family ?? 4, 'nf_tables');
  if (!read.ok) return { tables: [], doubt: `${path}: ${read.error.message}` };
  return { tables: read.tables, doubt: null };
}

const keyOf = (table: Table): string => `${table.family} ${table.name}`;

/** Tables that the files of a unit give, by name. */
function ownTables(boot: BootRules, loader: Loader): ReadonlySet<string> {
  return new Set(loader.files.flatMap((path) => tablesOf(boot, path).tables.map(keyOf)));
}

/** What these units give when they load one after the other, after what their commands did. */
function loadAll(
  boot: BootRules,
  loaders: readonly Loader[],
  start: readonly Table[],
  before: readonly Effects[] = [],
): Loaded {
  let tables = [...start];
  const doubts: string[] = [];
  const maybe: { table: Table; why: string }[] = [];
  const made: string[] = [];
  /** `byCommand`: what commands change in a table is not followed, so that nothing may rest on it. A file is read as a whole. */
  const apply = ({ families, deleted, changed, emptied, perhaps }: Effects, byCommand: boolean): void => {
    tables = tables.map((table) => (emptied.has(keyOf(table)) ? withoutRules(table) : table));
    tables = tables.filter((table) => {
      if (!isLegacy(table) && (families.has(table.family) || deleted.has(keyOf(table)))) return false;
      if (perhaps?.families.has(table.family)) {
        maybe.push({ table, why: perhaps.why });
        return false;
      }
      if (isLegacy(table) || !changed.has(keyOf(table))) return true;
      if (byCommand)
        maybe.push({ table, why: `table ${keyOf(table)} is changed by a command, which is not followed` });
      else doubts.push(`table ${keyOf(table)} is changed by another file`);
      return !byCommand;
    });
  };
  for (const effects of before) apply(effects, true);
  for (const [loader, step] of loaders.flatMap((one) => stepsOf(one).map((step) => [one, step] as const))) {
    if ('effects' in step) {
      // What commands add to a table that no file gives is not followed: it may be the rules that are looked for.
      for (const key of step.effects.changed)
        if (!tables.some((table) => keyOf(table) === key))
          made.push(`${loader.unit} makes rules in table ${key} by commands, which are not followed`);
      apply(step.effects, true);
      continue;
    }
    const { path } = step;
    const loaded = tablesOf(boot, path);
    if (loaded.doubt !== null) doubts.push(loaded.doubt);
    const file = boot.files.find((one) => one.path === path);
    apply(effectsOfFile(boot, path), false);
    for (const table of loaded.tables) {
      const at = tables.findIndex((other) => sameTable(other, table));
      // iptables-restore puts its table in the place of the one before; nft adds to it, which is not followed here.
      if (at >= 0 && file?.language === 'nft')
        doubts.push(`table ${table.family} ${table.name} is in several files`);
      if (at >= 0) tables.splice(at, 1);
      tables.push(table);
    }
  }
  const lost = maybe.filter(({ table }) => !tables.some((other) => sameTable(other, table)));
  return {
    tables,
    doubts: [...new Set(doubts)],
    maybe: [...new Set([...lost.map(({ why }) => why), ...made])],
  };
}

/**
 * What programs make rules of when they start, for a sentence that says why these are not known beforehand: they write rules of their own
 * around what these files say, by what the machine has then (ufw-framework(8), firewalld.direct(5), firewalld.policies(5)).
 */
export const MANAGER_FILES: Readonly<Record<'ufw' | 'firewalld', string>> = {
  ufw: 'ufw (/etc/ufw/user.rules and user6.rules, before.rules, before6.rules, after.rules and after6.rules were not read: ufw loads them by a script)',
  firewalld:
    'firewalld (/etc/firewalld/direct.xml, policies/ and zones/ were not read: firewalld makes rules of them when it starts)',
};

/** A table whose rules were flushed: its chains and their policies stay (iptables(8), --flush). */
function withoutRules(table: Table): Table {
  const chains = [...table.chains].map(([name, chain]) => [name, { ...chain, rules: [] }] as const);
  return { ...table, chains: new Map(chains) };
}

const isLegacy = (table: Table): boolean => table.source.backend === 'legacy';

/** What decides about packets in a list of tables, as text; counters, handles and the wording of rules left out. */
function essence(tables: readonly Table[]): string {
  const all = tables
    .filter((table) => [...table.chains.values()].some((chain) => chain.base !== null))
    .map((table) => [
      table.family,
      table.name,
      table.dormant,
      table.source.backend === 'legacy',
      [...table.chains.values()].map((chain) => [
        chain.name,
        chain.base,
        chain.rules.map((rule) => rule.statements),
      ]),
    ]);
  return JSON.stringify(all, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
}

/** Whether two lists of tables decide alike, table by table in the same order. */
export function areSameTables(a: readonly Table[], b: readonly Table[]): boolean {
  return a.length === b.length && essence(a) === essence(b);
}

/** Units that begin anew; a machine has one, and more than these are there to waste time. */
const MAX_ERASING = 4;

/** A moment at which rules can get lost, and what is there afterwards. */
export interface Moment extends Loaded {
  /** As a phrase: `after a reboot`, `after a reload of nftables.service`. */
  readonly when: string;
  /** Why what is missing then is missing, as a phrase. */
  readonly because: string;
}

/**
 * What is loaded after a reboot, and after a reload or restart of each unit that erases or changes what is not its own: only what follows it
 * by `ReloadPropagatedFrom=` or `PartOf=` is there again (systemd.unit(5)).
 *
 * Rules that programs make at run time (Docker, ufw, firewalld) are not among them: a table that another program adds can
 * stop more packets and not fewer, so a proof holds without it.
 */
export function momentsOf(boot: BootRules): Moment[] {
  const atBoot = inOrder(boot.loaders.filter((loader) => loader.enabled));
  const isUnordered = (one: Loader, other: Loader): boolean =>
    one !== other && !one.after.includes(other.unit) && !other.after.includes(one.unit);
  const mayHit = (one: Loader, other: Loader): boolean => {
    const { families, deleted, changed, emptied, perhaps } = startEffects(boot, one);
    const own = ownTables(boot, other);
    const touched = [...deleted, ...changed, ...emptied];
    return families.size > 0 || perhaps !== null || touched.some((table) => own.has(table));
  };
  const hitBy = (one: Loader) => atBoot.find((other) => isUnordered(one, other) && mayHit(other, one));
  // Nothing says which of two comes first: then the one that begins anew may come last.
  const racing = atBoot.filter((loader) => hitBy(loader) !== undefined);
  const isEraser = (loader: Loader): boolean => reaches(startEffects(boot, loader), ownTables(boot, loader));
  const [racer] = racing;
  const steady = atBoot.filter((loader) => !racing.includes(loader) || isEraser(loader));
  const tangled = racing.filter(isEraser);
  const reboot = loadAll(boot, steady, []);
  const moments: Moment[] = [
    {
      when: 'after a reboot',
      because:
        racer !== undefined
          ? `${racer.unit} may run before ${hitBy(racer)?.unit}, which erases what it loaded`
          : atBoot.every((loader) => stepsOf(loader).length === 0)
            ? 'nothing loads these rules at boot'
            : 'what is loaded at boot leaves this open',
      tables: reboot.tables,
      maybe: reboot.maybe,
      doubts: [
        ...reboot.doubts,
        ...tangled.map((one) => `${one.unit} and ${hitBy(one)?.unit} may run in either order`),
      ],
    },
  ];
  const started = boot.loaders.filter((one) => one.enabled || one.active);
  const there = loadAll(boot, inOrder(started), []).tables;
  const reloadEffects = (one: Loader) => effectsOfCommands(one, one.reloads ?? []);
  const erasing = started.filter((one) =>
    reaches(
      joinEffects([startEffects(boot, one), stopEffects(one), reloadEffects(one)]),
      ownTables(boot, one),
    ),
  );
  if (erasing.length > MAX_ERASING)
    return moments.map((moment) => ({
      ...moment,
      doubts: [...moment.doubts, `${erasing.length} units erase the rules of others`],
    }));
  /** What a unit loads at a reload: the files that its own commands for it name. */
  const reloaded = (one: Loader): Loader =>
    one.reloads
      ? {
          ...one,
          starts: null,
          files: one.files.filter((path) =>
            one.reloads?.some(
              (command) => command.split(/\s+/).includes(path) || /^\S*netfilter-persistent\s/.test(command),
            ),
          ),
        }
      : { ...one, starts: null };
  for (const loader of erasing) {
    for (const [verb, follows] of [
      ['reload', (one: Loader) => one.reloadsWith.includes(loader.unit)],
      ['restart', (one: Loader) => one.restartsWith.includes(loader.unit)],
    ] as const) {
      // A unit that has no command for it is not reloaded (systemd.service(5), ExecReload=).
      if (verb === 'reload' && loader.reloads?.length === 0) continue;
      const members = inOrder([loader, ...started.filter((one) => one !== loader && follows(one))]);
      const again = verb === 'reload' ? members.map(reloaded) : members;
      const anew = loadAll(boot, again, []).tables;
      const before = members.map((one) => (verb === 'restart' ? stopEffects(one) : reloadEffects(one)));
      // What stops later was there until then; what is loaded again takes the place of what was.
      const kept = there.filter((table) => !anew.some((other) => sameTable(other, table)));
      moments.push({
        when: `after a ${verb} of ${loader.unit}`,
        because: `${loader.unit} erases tables that are not its own, and nothing loads these rules again`,
        ...loadAll(boot, again, kept, before),
      });
    }
  }
  return moments;
}
