import type { CheckId } from '#shared/domain/check-id.ts';
import { auditLoggingFix } from './audit-logging.ts';
import { cloudApiKeysFix } from './cloud-api-keys.ts';
import { dedicatedUserFix } from './dedicated-user.ts';
import type { Fix, NotAutomatic } from './fix.ts';
import { modelLocalityFix } from './model-locality.ts';
import { osUpdatesFix } from './os-updates.ts';
import { outboundFirewallFix } from './outbound-firewall.ts';
import { packageUpgradeFix } from './package-upgrade.ts';
import { peerAllowlistFix } from './peer-allowlist.ts';
import { pluginInventoryFix } from './plugin-inventory.ts';
import { sandboxModeFix } from './sandbox-mode.ts';
import { serviceBindingsFix } from './service-bindings.ts';
import { sourceReadOnlyFix } from './source-read-only.ts';
import { sshServerFix } from './ssh-server.ts';
import { swarmSecretFix } from './swarm-secret.ts';
import { timeSyncFix } from './time-sync.ts';
import { unusedInterfacesFix } from './unused-interfaces.ts';
import { workspaceBoundedFix } from './workspace-bounded.ts';

/** Every repair by a program, in the order in which several are planned together. */
export const FIXES: readonly Fix[] = [
  dedicatedUserFix,
  sandboxModeFix,
  workspaceBoundedFix,
  sourceReadOnlyFix,
  outboundFirewallFix,
  peerAllowlistFix,
  swarmSecretFix,
  serviceBindingsFix,
  unusedInterfacesFix,
  auditLoggingFix,
  cloudApiKeysFix,
  modelLocalityFix,
  pluginInventoryFix,
  timeSyncFix,
  osUpdatesFix,
  sshServerFix,
  packageUpgradeFix,
];

/** Every check without one, and why. */
export const NOT_AUTOMATIC: readonly NotAutomatic[] = [
  {
    check: 'pinned-dependencies',
    reason:
      'A lock has to be made where packages are installed, with a look at what is in it. The finding says how.',
  },
  {
    check: 'api-docs-exposed',
    reason:
      'mycoSwarm 0.2.16 always answers these pages and no setting turns them off; nothing on this node alone changes that. Rules can only keep strangers from the port, as "Service addresses" does.',
  },
  {
    check: 'tool-log',
    reason:
      'mycoSwarm 0.2.16 writes no record of its tool calls outside the reach of the agent, and nothing on this node alone changes that. What its programs do is recorded by the system instead, with "Logging".',
  },
  {
    check: 'outside-in',
    reason:
      'This compares what others reach with what the settings say; what to change shows in the other checks.',
  },
  {
    check: 'container-hardening',
    reason:
      'How a container is started stands in files that you or others wrote; this version does not judge them yet.',
  },
  {
    check: 'secrets-in-git',
    reason:
      'What was once committed stays in every copy of the history. Only revoking the key helps, and that happens at its provider.',
  },
  {
    check: 'disk-encryption',
    reason:
      'A disk is encrypted when it is set up. Doing it later takes a full backup and a new installation.',
  },
  {
    check: 'backups',
    reason: 'Only you can say where a backup should lie, and see that it can be read back.',
  },
  {
    check: 'lan-encryption',
    reason:
      'mycoSwarm 0.2.16 speaks plain HTTP only. A VPN between the nodes changes the whole network, so a person decides it.',
  },
  {
    check: 'token-throttling',
    reason: 'mycoSwarm 0.2.16 answers every guess at once, and no setting changes that.',
  },
  {
    check: 'log-injection',
    reason: 'mycoSwarm 0.2.16 writes names of tasks into its log as they come, and no setting changes that.',
  },
  {
    check: 'escape-drill',
    reason: 'A drill only shows what holds. What to change shows in the other checks.',
  },
];

/** The fix of a check, or why there is none. */
export function fixFor(check: CheckId): Fix | NotAutomatic {
  const found =
    FIXES.find((fix) => fix.check === check) ?? NOT_AUTOMATIC.find((entry) => entry.check === check);
  return (
    found ?? { check, reason: 'There is no program for this yet: take the steps of the finding by hand.' }
  );
}
