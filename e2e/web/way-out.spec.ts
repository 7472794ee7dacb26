import { violationsOf } from './axe.ts';
import { expect, test } from './fixture.ts';

const STEP = '/setup/miu?step=outbound-firewall';

test('an open way out is shown as a packet, its way, and what the rules do besides', async ({
  page,
  open,
}) => {
  await open('way-out', STEP);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/can still send data to the internet/);
  await expect(page.getByText('tcp to [2001:4860:4860::8888]:443 as uid 1001').first()).toBeVisible();
  const way = page.getByRole('list', { name: 'The way of this packet' }).getByRole('listitem');
  await expect(way).toHaveText([
    'mycoswarm, uid 1001',
    'ip6 output: 0 rules, policy accept (lets it pass)',
    'eth0 (lets it pass)',
    'internet (lets it pass)',
  ]);
  const rows = page.locator('.packets__row');
  await expect(rows).toHaveText([
    /^Stoppedtcp to 8\.8\.8\.8:443/,
    /^Too strictudp/,
    /^Not keptafter a reboot/,
  ]);
  await expect(page.getByText('-A OUTPUT -m owner --uid-owner 1001 -j DROP')).toHaveCount(0);
  await page.getByRole('button', { name: /^Raw rules/ }).click();
  await expect(page.getByText('-A OUTPUT -m owner --uid-owner 1001 -j DROP')).toBeVisible();
  await expect(page.getByText('There is no rule in it.')).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`the open way out is clean for axe and fits 900 pixels in ${theme}`, async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 900, height: 700 });
    await open('way-out', STEP);
    await page.getByRole('button', { name: /^Raw rules/ }).click();
    const violations = await violationsOf(page);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`)).toEqual([]);
    const { scroll, inner } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      inner: window.innerWidth,
    }));
    expect(scroll).toBeLessThanOrEqual(inner);
  });
}
