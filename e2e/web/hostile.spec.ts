import { expect, test } from './fixture.ts';

test('text of a hostile node stays text on every page', async ({ page, open }) => {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const { shell } = await open('hostile', '/checks?check=service-bindings&on=boa');
  await expect(page.getByText('reading', { exact: true })).toHaveCount(0);
  await expect(page.getByText('One step on', { exact: false }).first()).toBeVisible();
  await page.getByRole('button', { name: /^Raw/ }).click();
  for (const route of ['/', '/setup/boa', '/nodes', '/settings', '/checks?check=service-bindings&on=boa']) {
    await page.evaluate((hash) => {
      window.location.hash = hash;
    }, route);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    // The whole of a page, not the part of it that came first.
    if (route.startsWith('/setup')) await expect(page.getByText('Words used here')).toBeVisible();
    if (route === '/nodes') await page.locator('.node__button').first().click();
    const shown = await page.evaluate(() => ({
      images: document.querySelectorAll('img').length,
      scripts: [...document.querySelectorAll('script')].filter((script) => !script.src).length,
      title: document.title,
      text: document.body.textContent,
    }));
    expect(shown.images).toBe(0);
    expect(shown.scripts).toBe(0);
    expect(shown.title).not.toBe('owned');
    // Terminal escapes and bidirectional marks are written out, never passed on.
    expect(shown.text).not.toMatch(/\p{Bidi_Control}/u);
    expect(shown.text).not.toContain(String.fromCharCode(0x1b));
  }
  expect(dialogs).toEqual([]);
  const elsewhere = asked.filter(
    (url) => !url.startsWith(shell.origin) && !url.startsWith('blob:') && url !== 'about:blank',
  );
  expect(elsewhere).toEqual([]);
});
