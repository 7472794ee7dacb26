import { UNKNOWN_HOST } from '#core/firewall/host.ts';
import { type Listing, mergeListings } from '#core/firewall/merge.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot, usage } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { readTextFile } from './read-file.ts';
import { familyOfSave, isNeutral, isSave } from './save-family.ts';

/** Listings may be 12 MiB; the readers hold them to that. */
const MAX_BYTES = 16 * 1_048_576;

interface Named {
  readonly file: string;
  readonly forced: 4 | 6 | null;
  readonly text: string;
}

function named(argument: string): Named {
  const prefix = /^(ip6|ip4|ip):(.+)$/s.exec(argument);
  const file = prefix?.[2] ?? argument;
  const forced = prefix ? (prefix[1] === 'ip6' ? 6 : 4) : null;
  return { file, forced, text: readTextFile(file, MAX_BYTES) };
}

function asListing({ file, forced, text }: Named, known: readonly Listing[], terminal: Terminal): Listing {
  const name = visible(file);
  if (text.trim() === '')
    throw couldNot(
      `${name} is empty: it may be a listing that was refused, so it is not read as "no rules".`,
    );
  if (/^\s*\{/.test(text)) {
    if (forced !== null) throw usage(`${name} is a listing of nft: it needs no family.`);
    return { kind: 'nft', text };
  }
  if (!isSave(text))
    throw couldNot(
      `${name} is neither the JSON of nft nor a listing of iptables-save.`,
      'Make it with: nft -j list ruleset, iptables-save, or ip6tables-save.',
    );
  const save = (version: 4 | 6, because: string | null): Listing => {
    if (because !== null)
      terminal.error.write(
        `${name}: read as ${version === 6 ? 'ip6tables-save' : 'iptables-save'}, for ${because}.\n`,
      );
    return { kind: 'save', version, backend: 'unknown', text };
  };
  if (forced !== null) return save(forced, null);
  const family = familyOfSave(text, file);
  if (family !== null) return save(family.version, family.because);
  const others = new Set(known.flatMap((one) => (one.kind === 'save' ? [one.version] : [])));
  const [only] = others;
  if (others.size === 1 && only !== undefined)
    return save(only === 4 ? 6 : 4, 'the other listing is of the other family');
  if (isNeutral(text)) return save(4, 'it has no rules, so that makes no difference');
  throw usage(
    `Nothing in ${name} tells whether it is of iptables or of ip6tables.`,
    `Say which: --ruleset ip:${name} or --ruleset ip6:${name}`,
  );
}

/** Rules from files, and how far they go. */
export interface GivenRules {
  readonly rules: Rules;
  /** The family of which no listing was given; null when both were, as nft lists both at once. */
  readonly notListed: 4 | 6 | null;
}

function notListed(listings: readonly Listing[]): 4 | 6 | null {
  if (listings.some(({ kind }) => kind === 'nft')) return null;
  const versions = listings.map((one) => (one.kind === 'save' ? one.version : null));
  return !versions.includes(6) ? 6 : !versions.includes(4) ? 4 : null;
}

/**
 * Reads listings from files as the rules of one host, of which nothing else is known. What was assumed is said on standard error.
 * @param files arguments of `--ruleset`, at least one
 * @throws CommandFailure that names the file
 */
export function rulesOfFiles(files: readonly string[], terminal: Terminal): GivenRules {
  const read = files.map(named);
  // Those that tell their family come first, for they can decide about one that does not.
  const clear = (one: Named) =>
    one.forced !== null || /^\s*\{/.test(one.text) || familyOfSave(one.text, one.file) !== null;
  const listings: Listing[] = [];
  for (const one of read.toSorted((a, b) => Number(clear(b)) - Number(clear(a)))) {
    const listing = asListing(one, listings, terminal);
    const alone = mergeListings({ listings: [listing], missing: [] });
    if (!alone.ok) throw couldNot(`${visible(one.file)}: ${visible(alone.error.message)}`);
    listings.push(listing);
  }
  const merged = mergeListings({ listings, missing: [] });
  if (!merged.ok) throw couldNot(visible(merged.error.message));
  return { rules: { ruleset: merged.ruleset, host: UNKNOWN_HOST }, notListed: notListed(listings) };
}
