import type { CheckId } from '#shared/domain/check-id.ts';
import { apiDocsExposed } from './api-docs-exposed.ts';
import { auditLogging } from './audit-logging.ts';
import type { Check } from './check.ts';
import { cloudApiKeys } from './cloud-api-keys.ts';
import { dedicatedUser } from './dedicated-user.ts';
import { dependencyAudit } from './dependency-audit.ts';
import { lackingCheck } from './lacking.ts';
import { logInjection } from './log-injection.ts';
import { modelLocality } from './model-locality.ts';
import { osUpdates } from './os-updates.ts';
import { outboundFirewall } from './outbound-firewall.ts';
import { outsideIn } from './outside-in.ts';
import { peerAllowlist } from './peer-allowlist.ts';
import { pinnedDependencies } from './pinned-dependencies.ts';
import { pluginInventory } from './plugin-inventory.ts';
import { sandboxMode } from './sandbox-mode.ts';
import { serviceBindings } from './service-bindings.ts';
import { sourceReadOnly } from './source-read-only.ts';
import { sshServer } from './ssh-server.ts';
import { swarmSecret } from './swarm-secret.ts';
import { timeSync } from './time-sync.ts';
import { tokenThrottling } from './token-throttling.ts';
import { toolLog } from './tool-log.ts';
import { unusedInterfaces } from './unused-interfaces.ts';
import { workspaceBounded } from './workspace-bounded.ts';

/** Every check by its id; the compiler sees to it that none is forgotten. */
export const CHECKS: Readonly<Record<CheckId, Check>> = {
  'dedicated-user': dedicatedUser,
  'sandbox-mode': sandboxMode,
  'workspace-bounded': workspaceBounded,
  'source-read-only': sourceReadOnly,
  'outbound-firewall': outboundFirewall,
  'peer-allowlist': peerAllowlist,
  'swarm-secret': swarmSecret,
  'service-bindings': serviceBindings,
  'unused-interfaces': unusedInterfaces,
  'audit-logging': auditLogging,
  'dependency-audit': dependencyAudit,
  'pinned-dependencies': pinnedDependencies,
  'cloud-api-keys': cloudApiKeys,
  'model-locality': modelLocality,
  'plugin-inventory': pluginInventory,
  'api-docs-exposed': apiDocsExposed,
  'tool-log': toolLog,
  'time-sync': timeSync,
  'os-updates': osUpdates,
  'ssh-server': sshServer,
  'outside-in': outsideIn,
  'container-hardening': lackingCheck('container-hardening'),
  'secrets-in-git': lackingCheck('secrets-in-git'),
  'disk-encryption': lackingCheck('disk-encryption'),
  backups: lackingCheck('backups'),
  'lan-encryption': lackingCheck('lan-encryption'),
  'token-throttling': tokenThrottling,
  'log-injection': logInjection,
  'escape-drill': lackingCheck('escape-drill'),
};
