import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { start, windowOf } from './boot.ts';

describe('a remembered window', () => {
  const remembered = async (saved: unknown, displays = [{ x: 0, y: 0, width: 1_920, height: 1_080 }]) => {
    const data = mkdtempSync(join(tmpdir(), 'swarmkeep-window-'));
    mkdirSync(join(data, 'desktop'));
    writeFileSync(
      join(data, 'desktop', 'window.json'),
      typeof saved === 'string' ? saved : JSON.stringify(saved),
    );
    const other = await start({ displays }, { argv: ['--data-dir', data] });
    const { window } = windowOf(other.electron);
    const { x, y, width, height } = window.options;
    const result = { x, y, width, height, maximised: window.isMaximized() };
    await other.end();
    rmSync(data, { recursive: true, force: true });
    return result;
  };
  const bounds = { x: 300, y: 200, width: 1_000, height: 700 };

  it('comes back', async () => {
    expect(await remembered({ bounds, maximised: true })).toEqual({ ...bounds, maximised: true });
  });

  it('comes back to a display that is there', async () => {
    const gone = await remembered({ bounds: { ...bounds, x: 3_000 }, maximised: false });
    expect(gone).toEqual({ x: undefined, y: undefined, width: 1_000, height: 700, maximised: false });
    const above = await remembered({ bounds: { ...bounds, y: -500 }, maximised: false });
    expect(above.y).toBeUndefined();
    const second = [
      { x: 0, y: 0, width: 1_920, height: 1_080 },
      { x: 1_920, y: 0, width: 1_920, height: 1_080 },
    ];
    expect((await remembered({ bounds: { ...bounds, x: 3_000 }, maximised: false }, second)).x).toBe(3_000);
  });

  it('is never too small or larger than a display', async () => {
    const small = await remembered({ bounds: { ...bounds, width: 10, height: 10 }, maximised: false });
    expect([small.width, small.height]).toEqual([900, 600]);
    const large = await remembered({
      bounds: { ...bounds, x: 0, width: 90_000, height: 90_000 },
      maximised: false,
    });
    expect([large.width, large.height]).toEqual([1_920, 1_080]);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"bounds":',
    '{"bounds":{"x":"1","y":2,"width":3,"height":4},"maximised":false}',
    '{"bounds":{"x":1e99,"y":2,"width":3,"height":4},"maximised":false}',
    '{"__proto__":{"bounds":1}}',
  ])('is a fresh one after %j', async (saved) => {
    expect(await remembered(saved)).toEqual({
      x: undefined,
      y: undefined,
      width: 1_280,
      height: 840,
      maximised: false,
    });
  });
});
