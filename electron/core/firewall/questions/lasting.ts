import type { BootRules } from '#shared/domain/facts/network.ts';
import { readSave } from '../iptables/read-save.ts';
import type { Table } from '../model.ts';
import { readNft } from '../nft/read-nft.ts';

type Loader = BootRules['loaders'][number];

/** What a machine has for rules at some moment, as far as files of units say. */
export interface Loaded {
  readonly tables: readonly Table[];
  /** Each as a phrase: what could not be read, so that nothing may be concluded from what is not there. */
  readonly doubts: readonly string[];
}

const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;

/** The families of which a file of nft erases every table, whoever made it (nft(8), "flush ruleset [family]"). */
export function flushedBy(text: string | null): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, family] of (text ?? '').matchAll(/^[^#\n]*?\bflush\s+ruleset\b[ \t]*([a-z0-9]+)?/gm)) {
    if (family !== undefined && (FAMILIES as readonly string[]).includes(family)) found.add(family);
    else for (const every of FAMILIES) found.add(every);
  }
  return found;
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
  // A unit whose file is not there loads nothing.
  if (file.problem === 'there is no such file') return { tables: [], doubt: null };
  // Without its text nobody knows whether a file of nft begins with `flush ruleset`.
  const text = file.language === 'nft' && file.text !== null ? file.loaded : file.text;
  if (text === null) return { tables: [], doubt: `${path}: ${file.problem ?? 'not read'}` };
  const read = file.language === 'nft' ? readNft(text) : readSave(text, file.family ?? 4, 'nf_tables');
  if (!read.ok) return { tables: [], doubt: `${path}: ${read.error.message}` };
  return { tables: read.tables, doubt: null };
}

/** What these units give when they load one after the other. */
function loadAll(boot: BootRules, loaders: readonly Loader[], start: readonly Table[]): Loaded {
  let tables = [...start];
  const doubts: string[] = [];
  for (const path of loaders.flatMap((loader) => loader.files)) {
    const loaded = tablesOf(boot, path);
    if (loaded.doubt !== null) doubts.push(loaded.doubt);
    const file = boot.files.find((one) => one.path === path);
    if (file?.language === 'nft') {
      const flushed = flushedBy(file.text);
      tables = tables.filter((table) => isLegacy(table) || !flushed.has(table.family));
    }
    for (const table of loaded.tables) {
      const before = tables.findIndex((other) => sameTable(other, table));
      // iptables-restore puts its table in the place of the one before; nft adds to it, which is not followed here.
      if (before >= 0 && file?.language === 'nft')
        doubts.push(`table ${table.family} ${table.name} is in several files`);
      if (before >= 0) tables.splice(before, 1);
      tables.push(table);
    }
  }
  return { tables, doubts };
}

const isLegacy = (table: Table): boolean => table.source.backend === 'legacy';

function isFlushing(boot: BootRules, loader: Loader): boolean {
  return loader.files.some((path) => {
    const file = boot.files.find((one) => one.path === path && one.language === 'nft');
    return flushedBy(file?.text ?? null).size > 0;
  });
}

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
 * What is loaded after a reboot, and after a reload or restart of each unit whose file begins with `flush ruleset`: only what follows it
 * by `ReloadPropagatedFrom=` or `PartOf=` is there again (systemd.unit(5)).
 *
 * Rules that programs make at run time (Docker, ufw, firewalld) are not among them: a table that another program adds can
 * stop more packets and not fewer, so a proof holds without it.
 */
export function momentsOf(boot: BootRules): Moment[] {
  const atBoot = inOrder(boot.loaders.filter((loader) => loader.enabled));
  const flushing = atBoot.filter((loader) => isFlushing(boot, loader));
  // Nothing says which of two comes first: then the one that begins anew may come last.
  const racing = atBoot.filter((loader) =>
    flushing.some(
      (other) => other !== loader && !loader.after.includes(other.unit) && !other.after.includes(loader.unit),
    ),
  );
  const [racer] = racing;
  const steady = atBoot.filter((loader) => !racing.includes(loader) || flushing.includes(loader));
  const moments: Moment[] = [
    {
      when: 'after a reboot',
      because:
        racer !== undefined
          ? `${racer.unit} may run before ${flushing[0]?.unit}, which erases what it loaded`
          : atBoot.every((loader) => loader.files.length === 0)
            ? 'nothing loads these rules at boot'
            : 'what is loaded at boot leaves this open',
      ...loadAll(boot, steady, []),
    },
  ];
  const started = boot.loaders.filter((one) => one.enabled || one.active);
  const there = loadAll(boot, inOrder(started), []).tables;
  const erasing = started.filter((one) => isFlushing(boot, one));
  if (erasing.length > MAX_ERASING)
    return moments.map((moment) => ({
      ...moment,
      doubts: [...moment.doubts, `${erasing.length} units erase the rules of others`],
    }));
  for (const loader of erasing) {
    for (const [verb, follows] of [
      ['reload', (one: Loader) => one.reloadsWith.includes(loader.unit)],
      ['restart', (one: Loader) => one.restartsWith.includes(loader.unit)],
    ] as const) {
      const again = inOrder([loader, ...started.filter((one) => one !== loader && follows(one))]);
      const anew = loadAll(boot, again, []).tables;
      // Debian's nftables.service erases everything when it stops.
      const left = verb === 'restart' && loader.unit === 'nftables.service' ? there.filter(isLegacy) : there;
      const kept = left.filter((table) => !anew.some((other) => sameTable(other, table)));
      moments.push({
        when: `after a ${verb} of ${loader.unit}`,
        because: `${loader.unit} erases tables that are not its own, and nothing loads these rules again`,
        ...loadAll(boot, again, kept),
      });
    }
  }
  return moments;
}
