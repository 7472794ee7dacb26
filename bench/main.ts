import { benchAudit } from './audit.ts';
import { benchAuditPage } from './audit-page.ts';
import { benchChecks } from './checks.ts';
import { benchDependencies } from './dependencies.ts';
import { benchFirewall } from './firewall.ts';
import { benchFirewallProve } from './firewall-prove.ts';
import { benchFixes } from './fixes.ts';
import { benchFormats } from './formats.ts';
import { benchLedger } from './ledger.ts';
import { machine } from './measure.ts';
import { benchSigma } from './sigma.ts';
import { benchWeb } from './web.ts';

/** `npm run bench [checks|dependencies|firewall|firewall-prove|fixes|formats|ledger|sigma|web|audit|audit-page]`: every figure that is promised, with machine, median and spread. */
const PARTS = {
  checks: benchChecks,
  dependencies: benchDependencies,
  firewall: benchFirewall,
  'firewall-prove': benchFirewallProve,
  fixes: benchFixes,
  formats: benchFormats,
  ledger: benchLedger,
  sigma: benchSigma,
  web: benchWeb,
  audit: benchAudit,
  'audit-page': benchAuditPage,
};

console.log(machine());
const wanted = process.argv.slice(2);
for (const [name, part] of Object.entries(PARTS))
  if (wanted.length === 0 || wanted.includes(name)) await part();
