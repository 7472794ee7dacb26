import type { Directive } from './config-tree.ts';
import type { PatternMatcher } from './host-pattern.ts';

/** What a configuration says about one name, as written: nothing is expanded yet. */
export interface HostValues {
  hostName?: string;
  user?: string;
  port?: string;
  /** `ProxyJump` or `ProxyCommand`, whichever came first. */
  proxy?: string;
  identityAgent?: string;
  /** All of them, in order. */
  identityFiles: string[];
}

const FIRST_WINS = new Map<string, Exclude<keyof HostValues, 'identityFiles'>>([
  ['hostname', 'hostName'],
  ['user', 'user'],
  ['port', 'port'],
  ['proxyjump', 'proxy'],
  ['proxycommand', 'proxy'],
  ['identityagent', 'identityAgent'],
]);

/**
 * Evaluates a configuration for a name as ssh_config(5) says: for each keyword the first value counts, in blocks whose `Host` line
 * covers the name. `Match all` counts; every other `Match` block is passed over, so that nothing is ever run.
 */
export function hostValues(
  directives: readonly Directive[],
  name: string,
  matcher: PatternMatcher,
): HostValues {
  const values: HostValues = { identityFiles: [] };
  walk(directives, true, false, { name, matcher, values });
  return values;
}

interface Asked {
  name: string;
  matcher: PatternMatcher;
  values: HostValues;
}

/** @param never within a block that does not count: no `Host` line of an included file can make it count again */
function walk(directives: readonly Directive[], active: boolean, never: boolean, asked: Asked): void {
  let counts = active;
  for (const directive of directives) {
    if ('files' in directive) {
      // A `Host` line of an included file ends with that file.
      for (const file of directive.files) walk(file, counts, never || !counts, asked);
    } else if (directive.keyword === 'host') {
      counts = !never && asked.matcher.matchesLine(asked.name, directive.values);
    } else if (directive.keyword === 'match') {
      counts = !never && isMatchAll(directive.values);
    } else if (counts) take(directive.keyword, directive.values[0] ?? '', asked.values);
  }
}

function take(keyword: string, value: string, values: HostValues): void {
  if (keyword === 'identityfile') values.identityFiles.push(value);
  const key = FIRST_WINS.get(keyword);
  if (key !== undefined) values[key] ??= value;
}

/** Whether a `Match` line is the one kind that asks nothing. */
export function isMatchAll(values: readonly string[]): boolean {
  return values.length === 1 && values[0]?.toLowerCase() === 'all';
}
