import type { CheckId } from '#shared/domain/check-id.ts';

/** What the button on a finding says: the repair as a person would ask for it. */
const VERBS: Partial<Record<CheckId, string>> = {
  'dedicated-user': 'Give it its own account',
  'sandbox-mode': 'Put it into the sandbox',
  'workspace-bounded': 'Bound the workspace',
  'source-read-only': 'Make the source read-only',
  'outbound-firewall': 'Close the way out',
  'peer-allowlist': 'Let it reach your nodes only',
  'swarm-secret': 'Close the secret',
  'service-bindings': 'Let only the home network in',
  'unused-interfaces': 'Turn the interface off',
  'audit-logging': 'Record what agents do',
  'cloud-api-keys': 'Take the keys out',
  'plugin-inventory': 'Set the plugin aside',
  'time-sync': 'Keep the clock right',
  'os-updates': 'Install the updates',
  'ssh-server': 'Take keys only',
};

/** @returns the words of the button that repairs a check; plain ones where the check has none of its own */
export function fixVerb(check: CheckId): string {
  return VERBS[check] ?? 'Repair it';
}
