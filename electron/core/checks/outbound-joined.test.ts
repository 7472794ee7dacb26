import { expect, it } from 'vitest';
import { runChecks } from './run.ts';
import { inputFor } from './testing/facts-builder.ts';
import { nftRules, withFirewall } from './testing/firewall-facts.ts';
import { drop, skuid } from './testing/firewall-situations.ts';

it('a rule for the account behind what is established is told as a way out, and what helps', () => {
  const established = { match: { op: 'in', left: { ct: { key: 'state' } }, right: 'established' } };
  const rules = nftRules([
    [established, { accept: null }],
    [skuid(1001), drop],
  ]);
  const [found] = runChecks(inputFor(withFirewall({ nftJson: rules })), { only: ['outbound-firewall'] });
  expect(found?.status).toBe('fix');
  const [first] = found?.packets ?? [];
  expect(first?.packet).toBe(
    'udp to 8.8.8.8:53 as uid 1001, in a connection that another account has opened',
  );
  expect(first?.because).toMatch(
    /in a connection that another account has opened: the rule ".*" lets it pass$/,
  );
  expect(found?.detail).not.toContain('othing stops it');
  expect(found?.evidence.some(({ seen }) => seen.includes('has to come before that rule'))).toBe(true);
});
