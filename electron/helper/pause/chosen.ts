import { type AgentProcess, selfAndAbove } from './agent-processes.ts';

/** Whom a pause is about, as it is kept on the node until agents are let go. */
export interface PauseWish {
  /** Numbers and ranges of accounts: `1001`, `100000-165535`. */
  accounts: readonly string[];
  units: readonly string[];
}

/** The processes that a pause is about. */
export interface Chosen {
  processes: AgentProcess[];
  /** Accounts that this run came from: of those only what belongs to the units is chosen. */
  spared: number[];
}

/**
 * Chooses the processes of these accounts and units. Root's own, this run and everything above it are never chosen: a node that froze the
 * way to itself could not be let go. An account that this run came from (the operator's own) is a person's, too: of that one only
 * what runs in the units stands still.
 */
export function chooseProcesses(all: readonly AgentProcess[], wish: PauseWish, self = process.pid): Chosen {
  const above = selfAndAbove(all, self);
  const untouched = new Set([1, ...above.map(({ pid }) => pid)]);
  const own = new Set(above.flatMap(({ uids }) => uids).filter((uid) => uid !== 0));
  const ranges = wish.accounts.map(rangeOf).filter((range) => range !== null);
  const isAgent = (uid: number): boolean => ranges.some(([first, last]) => uid >= first && uid <= last);
  const processes = all.filter((one) => {
    // Kernel threads have no control group of a unit and no account but root.
    if (untouched.has(one.pid) || one.state === 'Z' || one.state === 'X') return false;
    if (isInUnit(one.group, wish.units)) return true;
    return one.uids.some((uid) => uid !== 0 && isAgent(uid) && !own.has(uid));
  });
  return { processes, spared: [...own].filter(isAgent).slice(0, 64) };
}

function isInUnit(group: string, units: readonly string[]): boolean {
  const parts = group.split('/');
  return units.some((unit) => parts.includes(unit));
}

function rangeOf(text: string): readonly [number, number] | null {
  const [, first = '', last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(text) ?? [];
  return first === '' || Number(first) === 0 ? null : [Number(first), Number(last)];
}
