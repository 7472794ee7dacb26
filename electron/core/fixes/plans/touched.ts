import type { HelperAction } from '#shared/domain/helper/verbs.ts';

/** What an action changes on a node, so that two of them can be compared. */
export interface Touched {
  /** One thing: a path, a unit, a table, an account. */
  names: readonly string[];
  /** Paths below which everything may be changed. */
  trees: readonly string[];
}

const NOTHING: Touched = { names: [], trees: [] };

/** @returns what an action changes; two actions without a common part can be taken back in any order */
export function touchedBy(action: HelperAction | null): Touched {
  switch (action?.verb) {
    case undefined:
    case 'reread-units':
    case 'load-audit-rules':
    case 'after-undo':
    case 'test-ssh-server':
      return NOTHING;
    case 'write-file':
    case 'remove-file':
    case 'set-attributes':
    case 'remove-lines':
    case 'load-apparmor-profile':
      return { names: [`path ${action.path}`], trees: [] };
    case 'make-directory':
    case 'set-tree-attributes':
    case 'copy-tree':
    case 'upgrade-packages':
      return { names: [`path ${action.path}`], trees: [action.path] };
    case 'move':
      return { names: [`path ${action.from}`, `path ${action.path}`], trees: [action.from, action.path] };
    case 'create-account':
      return { names: [`account ${action.name}`], trees: [] };
    case 'set-unit': {
      // A restart leaves nothing behind that a later one would build on.
      const leaves = action.enabled !== undefined || action.action === 'start' || action.action === 'stop';
      return leaves ? { names: [`unit ${action.unit}`], trees: [] } : NOTHING;
    }
    case 'set-kernel-switch':
      return { names: [`switch ${action.name}`], trees: [] };
    case 'load-table':
      return { names: [`table ${action.table.family} ${action.table.name}`], trees: [] };
    case 'load-chains':
    case 'remove-owner-drop':
      return { names: [`chains of ${action.program}`], trees: [] };
    case 'set-link':
      return { names: [`interface ${action.interface}`], trees: [] };
    case 'install-packages':
      return { names: action.packages.map((name) => `package ${name}`), trees: [] };
    case 'install-updates':
      return { names: ['all packages'], trees: [] };
  }
}

/** @returns what both touch, in words; null when they have nothing in common */
export function commonPart(left: Touched, right: Touched): string | null {
  const same = left.names.find((name) => right.names.includes(name));
  if (same !== undefined) return same.replace(/^path /, '');
  return inTree(left, right) ?? inTree(right, left);
}

function inTree(tree: Touched, other: Touched): string | null {
  const paths = other.names.filter((name) => name.startsWith('path ')).map((name) => name.slice(5));
  return paths.find((path) => tree.trees.some((root) => path.startsWith(`${root}/`))) ?? null;
}
