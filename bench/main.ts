import { machine } from './measure.ts';

/**
 * `npm run bench [checks|dependencies|firewall|firewall-prove|fixes|formats|incident|ledger|pause|sigma|web|audit|audit-alert|audit-memory|audit-page]`: every figure
 * that is promised, with machine, median and spread. A part is loaded when its turn comes: most of them need no built page.
 */
const PARTS: Record<string, () => Promise<() => void | Promise<void>>> = {
  checks: async () => (await import('./checks.ts')).benchChecks,
  dependencies: async () => (await import('./dependencies.ts')).benchDependencies,
  firewall: async () => (await import('./firewall.ts')).benchFirewall,
  'firewall-prove': async () => (await import('./firewall-prove.ts')).benchFirewallProve,
  fixes: async () => (await import('./fixes.ts')).benchFixes,
  formats: async () => (await import('./formats.ts')).benchFormats,
  incident: async () => (await import('./incident.ts')).benchIncident,
  ledger: async () => (await import('./ledger.ts')).benchLedger,
  pause: async () => (await import('./pause.ts')).benchPause,
  sigma: async () => (await import('./sigma.ts')).benchSigma,
  web: async () => (await import('./web.ts')).benchWeb,
  audit: async () => (await import('./audit.ts')).benchAudit,
  'audit-alert': async () => (await import('./audit-alert.ts')).benchAuditAlert,
  'audit-memory': async () => (await import('./audit-memory.ts')).benchAuditMemory,
  'audit-page': async () => (await import('./audit-page.ts')).benchAuditPage,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`There is no part ${unknown}. Parts: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
console.log(machine());
for (const [name, load] of Object.entries(PARTS))
  if (wanted.length === 0 || wanted.includes(name)) await (await load())();
