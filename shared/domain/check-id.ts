import { z } from 'zod';

/** Stable ids of all checks, in the order in which they are listed. */
export const CHECK_IDS = [
  'dedicated-user',
  'sandbox-mode',
  'workspace-bounded',
  'source-read-only',
  'outbound-firewall',
  'peer-allowlist',
  'swarm-secret',
  'service-bindings',
  'unused-interfaces',
  'audit-logging',
  'dependency-audit',
  'pinned-dependencies',
  'cloud-api-keys',
  'model-locality',
  'plugin-inventory',
  'api-docs-exposed',
  'tool-log',
  'time-sync',
  'os-updates',
  'ssh-server',
  'outside-in',
  'container-hardening',
  'secrets-in-git',
  'disk-encryption',
  'backups',
  'lan-encryption',
  'token-throttling',
  'log-injection',
  'escape-drill',
] as const;

// Pure, so that the page can have the list without carrying the validator.
export const checkId = /* @__PURE__ */ z.enum(CHECK_IDS);
export type CheckId = z.infer<typeof checkId>;

/** The eleven items of the hardening checklist, in the order of the security model. */
export const CHECKLIST: readonly CheckId[] = [
  'dedicated-user',
  'sandbox-mode',
  'workspace-bounded',
  'source-read-only',
  'outbound-firewall',
  'swarm-secret',
  'service-bindings',
  'audit-logging',
  'dependency-audit',
  'cloud-api-keys',
  'unused-interfaces',
];
