import { quote } from '#core/hosts/quote.ts';
import type { InstanceProfile, Profile } from '#shared/domain/profile.ts';

/** What a script needs to know of mycoSwarm on a node: places as words of sh, each with what could not become one. */
export interface AgentPlaces {
  /** Homes of the accounts that agents run as. */
  homes: string[];
  configurationFolders: string[];
  workspaces: string[];
  /** Source and virtual environment. */
  code: string[];
  logFolders: string[];
  units: string[];
  uids: number[];
  /** Places whose names cannot be part of a command. */
  refused: { value: string; reason: string }[];
}

/** @returns the places of all installations on a node, each once; none of them is `/` */
export function agentPlaces(profile: Profile | null): AgentPlaces {
  const refused: AgentPlaces['refused'] = [];
  const all = profile?.instances ?? [];
  const of = (take: (instance: InstanceProfile) => (string | null)[], path = true): string[] => {
    const values = new Set(all.flatMap(take).filter((value) => value !== null && value !== ''));
    return [...values].flatMap((value) => {
      if (value === null || (path && (!value.startsWith('/') || value === '/'))) return [];
      const word = quote(value);
      if (word.ok) return [value];
      refused.push({ value, reason: word.reason });
      return [];
    });
  };
  return {
    homes: of(({ home }) => [home]),
    configurationFolders: of(({ configurationFolder }) => [configurationFolder]),
    workspaces: of(({ workspace }) => [workspace]),
    code: of(({ source, virtualEnvironment }) => [source, virtualEnvironment]),
    logFolders: of(({ logFolder }) => [logFolder]),
    units: of(({ unit }) => [unit], false).filter((unit) => /^[A-Za-z0-9:_.@\\-]{1,255}$/.test(unit)),
    // An agent that runs as root does not make every process of the machine its own.
    uids: [...new Set(all.flatMap(({ uid }) => (uid === null || uid === 0 ? [] : [uid])))],
    refused,
  };
}

/** @returns a word of sh for a place of `agentPlaces`, or for a constant of ours */
export function word(value: string): string {
  const quoted = value === '' ? { ok: true as const, text: "''" } : quote(value);
  if (!quoted.ok) throw new Error(`A place that cannot be quoted was not refused before: ${quoted.reason}`);
  return quoted.text;
}

/** @returns the folder that is trusted to be no link, and the way from there: everything below the home is the agent's to change */
export function fromHome(path: string, homes: readonly string[]): { base: string; rest: string } {
  const home = homes.find((one) => path === one || path.startsWith(`${one.replace(/\/$/, '')}/`));
  const base = home ?? '/';
  const rest = path.slice(base.replace(/\/$/, '').length).replace(/^\/+|\/+$/g, '');
  return { base, rest };
}
