import { quote } from '#core/hosts/quote.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { commandName } from '#shared/domain/command-name.ts';
import type { Finding } from '#shared/domain/finding.ts';

/**
 * Says after a look which of its findings a program repairs, and the command for it.
 * @param automatic checks that have such a repair
 * @returns a line, or nothing where there is none
 */
export function repairHint(
  findings: readonly Finding[],
  automatic: ReadonlySet<CheckId>,
  nodeName: string,
  environment: NodeJS.ProcessEnv,
): string {
  const checks = findings
    .filter(({ status, check }) => status === 'fix' && automatic.has(check))
    .map(({ check }) => check);
  if (checks.length === 0) return '';
  const node = quote(nodeName);
  const command = `${commandName(environment)} fix ${checks.join(' ')}${node.ok ? ` --node ${node.text}` : ''}`;
  return `Swarmkeep has a repair for ${checks.length} of these; it shows each step and asks first: ${command}\n`;
}
