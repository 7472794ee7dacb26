import { describe, expect, it } from 'vitest';
import { fenceSteps } from './outbound-fence.ts';
import { declare, inputFor } from './testing/facts-builder.ts';
import { hardened } from './testing/situations.ts';

const words = (...more: Parameters<typeof inputFor>[1][]) =>
  fenceSteps(inputFor(hardened, ...more))
    .map(({ text }) => text)
    .join('\n');

describe('the steps for a table of its own', () => {
  it('say first what they cut off, and what to do about it', () => {
    const alone = words();
    expect(alone).toContain(
      'Port 7890 of other machines is closed: put your other nodes into Swarmkeep first',
    );
    expect(alone).toContain('Names can be asked of nobody: declare your resolver first');
  });

  it('name the nodes and resolvers that stay within reach', () => {
    const declarations = [declare('peer', '192.168.1.31'), declare('resolver', '192.168.1.1')];
    const listed = words({ declarations });
    expect(listed).toContain(
      'Port 7890 is open on 192.168.1.31 only. Names can be asked of 192.168.1.1 only.',
    );
  });

  it('end with every command to go back', () => {
    const last = fenceSteps(inputFor(hardened)).at(-1);
    expect(last?.command).toBeNull();
    expect(last?.undo).toMatch(
      /^sudo sh -c '.* rm -- "\$1"; fi' sh .*40-swarmkeep-agent\.conf .*40-swarmkeep-agent\.conf\.swarmkeep-before && sudo systemctl disable --now .* && sudo nft delete table inet swarmkeep_agent$/,
    );
  });
});
