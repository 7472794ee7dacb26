import { describe, expect, it } from 'vitest';
import { timerArguments } from './revert-timer.ts';

const AT = new Date('2026-11-22T10:01:00.400Z');

describe('the timer of a change', () => {
  it('starts the helper before the deadline on both clocks, for the helper itself waits for it', () => {
    const words = timerArguments('c', 60, AT);
    expect(words).toContain('--on-active=30s');
    expect(words).toContain('--on-calendar=2026-11-22 10:00:30 UTC');
  });

  it('starts anew what was killed while it waited, and what failed, as often as it takes', () => {
    const words = timerArguments('c', 60, AT);
    expect(words).toContain('--property=Restart=on-failure');
    expect(words).toContain('--property=StartLimitIntervalSec=0');
  });

  it('leaves a short time a second at least', () => {
    expect(timerArguments('c', 5, AT)).toContain('--on-active=1s');
  });
});
