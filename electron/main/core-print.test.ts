import { describe, expect, it } from 'vitest';
import { type FromCore, fromCore, toCore } from './control.ts';
import { CorePrint } from './core-print.ts';

function aPrint() {
  const told: Extract<FromCore, { kind: 'print' }>[] = [];
  const printing = new CorePrint((message) => {
    if (message.kind === 'print') told.push(message);
  });
  return { printing, told };
}
const pdf = new Uint8Array(Buffer.from('%PDF-1.7'));

describe('printing through the main process', () => {
  it('gives each page its own document', async () => {
    const { printing, told } = aPrint();
    const pages = [printing.print('one'), printing.print('two')];
    expect(told.map(({ page }) => page)).toEqual(['one', 'two']);
    expect(told.every((message) => fromCore.safeParse(message).success)).toBe(true);
    const other = new Uint8Array(Buffer.from('%PDF-2.0'));
    printing.answer(told[1]?.id ?? '', other);
    printing.answer('nobody asked', pdf);
    printing.answer(told[0]?.id ?? '', pdf);
    expect(await Promise.all(pages)).toEqual([
      { ok: true, pdf },
      { ok: true, pdf: other },
    ]);
  });

  it('says what to do instead when there is none, and when the console closes', async () => {
    const { printing, told } = aPrint();
    const failed = printing.print('one');
    printing.answer(told[0]?.id ?? '', null);
    expect(await failed).toMatchObject({ ok: false, why: expect.stringContaining('Save it as HTML') });
    const open = printing.print('two');
    printing.refuseAll();
    expect((await open).ok).toBe(false);
  });

  it('holds a few at a time, and none that is larger than the channel takes', async () => {
    const { printing, told } = aPrint();
    expect((await printing.print('x'.repeat(64 * 1024 * 1024 + 1))).ok).toBe(false);
    const waiting = Array.from({ length: 4 }, () => printing.print('page'));
    expect(await printing.print('page')).toMatchObject({
      ok: false,
      why: expect.stringContaining('Try it again'),
    });
    expect(told).toHaveLength(4);
    printing.refuseAll();
    await Promise.all(waiting);
  });

  it('takes a document as bytes only', () => {
    expect(toCore.safeParse({ kind: 'printed', id: 'a', pdf }).success).toBe(true);
    expect(toCore.safeParse({ kind: 'printed', id: 'a', pdf: '%PDF-' }).success).toBe(false);
  });
});
