import type { HelperVerb } from '#shared/domain/helper/verbs.ts';
import { afterUndo } from './after-undo.ts';
import { loadApparmorProfile } from './apparmor-profile.ts';
import { copyTree } from './copy-tree.ts';
import { createAccount } from './create-account.ts';
import { installPackages } from './install-packages.ts';
import { installUpdates } from './install-updates.ts';
import { setKernelSwitch } from './kernel-switch.ts';
import { loadAuditRules } from './load-audit-rules.ts';
import { loadChains } from './load-chains.ts';
import { loadTable } from './load-table.ts';
import { makeDirectory } from './make-directory.ts';
import { move } from './move.ts';
import { removeFile } from './remove-file.ts';
import { removeLines } from './remove-lines.ts';
import { removeOwnerDrop } from './remove-owner-drop.ts';
import { rereadUnits } from './reread-units.ts';
import { setAttributes } from './set-attributes.ts';
import { setLink } from './set-link.ts';
import { setTreeAttributes } from './set-tree-attributes.ts';
import { setUnit } from './set-unit.ts';
import { testSshServer } from './test-ssh-server.ts';
import { upgradePackages } from './upgrade-packages.ts';
import type { AnyVerb } from './verb.ts';
import { writeFile } from './write-file.ts';

/** Every verb of the protocol. */
const VERBS: Record<HelperVerb, AnyVerb> = {
  'write-file': writeFile,
  'remove-file': removeFile,
  'make-directory': makeDirectory,
  'set-attributes': setAttributes,
  'set-tree-attributes': setTreeAttributes,
  'copy-tree': copyTree,
  move,
  'remove-lines': removeLines,
  'create-account': createAccount,
  'set-unit': setUnit,
  'reread-units': rereadUnits,
  'after-undo': afterUndo,
  'set-kernel-switch': setKernelSwitch,
  'load-apparmor-profile': loadApparmorProfile,
  'test-ssh-server': testSshServer,
  'load-table': loadTable,
  'load-chains': loadChains,
  'remove-owner-drop': removeOwnerDrop,
  'set-link': setLink,
  'install-packages': installPackages,
  'install-updates': installUpdates,
  'upgrade-packages': upgradePackages,
  'load-audit-rules': loadAuditRules,
};

/** The verb of that name, or null when this helper cannot do it. */
export function verbOf(name: string): AnyVerb | null {
  return Object.hasOwn(VERBS, name) ? VERBS[name as HelperVerb] : null;
}
