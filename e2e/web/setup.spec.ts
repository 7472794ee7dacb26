import type { Page } from '@playwright/test';
import { expect, test } from './fixture.ts';

const sentence = (page: Page) => page.getByRole('heading', { level: 1 });

test('first start: the sample node is one press away and marked on every page', async ({ page, open }) => {
  await open('first-start');
  await expect(sentence(page)).toHaveText('No node yet. Start with the computer in front of you.');
  await expect(page.locator('.button--filled')).toHaveCount(1);
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await expect(page.getByText(/of eleven (is|are) fine/).first()).toBeVisible();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Home' }).click();
  await expect(page.getByRole('heading', { name: 'Where sample stands' })).toBeVisible();
  await page.getByRole('button', { name: /Choose another/ }).click();
  await page.getByRole('menuitem', { name: /All nodes/ }).click();
  await expect(page.getByRole('heading', { name: 'Where sample stands' })).toBeVisible();
  await expect(page).toHaveURL(/#\/$/);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Setup' }).click();
  // What comes first is said with a way there, and never a button for what cannot be done.
  await page.getByRole('link', { name: 'A bounded workspace' }).first().click();
  await expect(page.getByRole('heading', { name: 'Another step comes first' })).toBeVisible();
  await expect(page.locator('.button--filled')).toHaveText(['First: Its own account']);
  // A fix is shown whole, as an example.
  await page.getByRole('link', { name: 'Outbound firewall' }).first().click();
  await expect(page.getByText('This is an example: nothing on sample can be changed.')).toBeVisible();
  await expect(page.locator('.button--filled')).toHaveText(['Show the 4 steps']);
  await page.getByRole('button', { name: 'Show the 4 steps' }).click();
  await page.getByRole('button', { name: 'Step 1: Write the rules' }).click();
  await expect(page.getByText('/etc/swarmkeep/outbound.nft').first()).toBeVisible();
  await expect(page.getByRole('link', { name: /Allow changes/ })).toHaveCount(0);
  await page.goto(`${page.url().split('#')[0]}#/plan?do=fix&on=sample&checks=outbound-firewall`);
  await expect(page.getByText('an example · nothing can be changed')).toBeVisible();
  await expect(page.locator('.button--filled')).toHaveCount(0);
  for (const name of ['Home', 'Checks', 'Nodes', 'Settings', 'Audit']) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
    await expect(page.getByRole('note')).toContainText('This is the sample node.');
  }
});

test('first start: asking for Home before Setup has been loaded leaves no empty window', async ({
  page,
  open,
}) => {
  await page.route(/setup-page/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  await open('first-start');
  await expect(page).toHaveURL(/#\/setup/);
  await page.evaluate(() => {
    window.location.hash = '/';
  });
  await expect(sentence(page)).toHaveText('No node yet. Start with the computer in front of you.');
});

test('first start: a node over SSH is added only after its host key was confirmed', async ({
  page,
  open,
}) => {
  const { scenario } = await open('first-start');
  const field = page.getByRole('textbox', { name: 'User and host name of the node' });
  await field.fill('-oProxyCommand=evil');
  await field.press('Enter');
  await expect(
    page.getByText('A host name has letters, digits, dots, colons and dashes only.'),
  ).toBeVisible();
  await field.fill('minotaur@naru.local');
  await page.getByRole('button', { name: 'Connect' }).click();
  const dialog = page.getByRole('dialog', { name: 'Is this really naru.local?' });
  await expect(dialog.getByText(/^SHA256:/).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Not now' }).click();
  expect(scenario.nodes).toHaveLength(0);
  await page.getByRole('button', { name: 'Connect' }).click();
  await dialog.getByRole('button', { name: 'Yes, this is naru.local' }).click();
  await expect(page).toHaveURL(/#\/setup\/naru/);
});

test.describe('A login that is refused', () => {
  // The browser itself writes down an answer that is an error.
  test.use({ expectErrors: ['502'] });
  test('first start: a refused login is said once, and another key file can be tried', async ({
    page,
    open,
  }) => {
    const { scenario } = await open('first-start');
    await page.getByRole('textbox', { name: 'User and host name of the node' }).fill('refused.local');
    await page.getByRole('button', { name: 'Connect' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Yes, this is refused.local' }).click();
    await expect(page.getByText('refused.local refused the login.')).toHaveCount(1);
    await expect(dialog.getByText('hands one of your keys to the SSH agent')).toBeVisible();
    await expect(page.getByText('NODE_UNREACHABLE')).toHaveCount(0);
    await dialog.getByLabel('Key file (optional)').fill('/home/minotaur/.ssh/swarm');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(page).toHaveURL(/#\/setup\/refused/);
    expect(scenario.nodes[0]?.address).toMatchObject({ identityFile: '/home/minotaur/.ssh/swarm' });
  });
});

test('declares as meant from an item', async ({ page, open }) => {
  const { double } = await open('evening', '/setup/uncho?step=unused-interfaces');
  await page.getByRole('button', { name: 'This is meant…' }).click();
  const dialog = page.getByRole('dialog', { name: 'This is meant' });
  await dialog.getByLabel('This network').fill('docker0');
  await dialog.getByLabel('Why').fill('Only for building images.');
  await dialog.getByRole('button', { name: 'It is meant' }).click();
  await expect(dialog).toHaveCount(0);
  const declared = await double.decisions.declarations(undefined);
  expect(declared.map((entry) => `${entry.kind} ${entry.value}`)).toContain('interface docker0');
});

test('answers four questions in order and unfolds the steps', async ({ page, open }) => {
  await open('evening', '/setup/boa?step=service-bindings');
  await expect(sentence(page)).toHaveText(/boa answers on every network/);
  await expect(page.getByRole('heading', { name: 'What we saw' })).toBeVisible();
  await expect(page.getByText('If it goes wrong')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Why it matters' })).toBeVisible();
  const copy = page.getByRole('button', { name: 'Copy the command of step 2' });
  await expect(copy).toHaveCount(0);
  await page.getByRole('button', { name: 'Show the two steps' }).click();
  await copy.click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('nft -f');
  await expect(page.locator('.button--filled')).toHaveText(['Allow changes on boa…']);
  await page.getByRole('button', { name: /^Raw/ }).click();
  await expect(page.getByText('LISTEN 0 100 0.0.0.0:7890')).toBeVisible();
});

test('shows a file that a step writes as lines, and its command and the way back one click away', async ({
  page,
  open,
}) => {
  await open('evening', '/setup/boa?step=service-bindings');
  await page.getByRole('button', { name: 'Show the two steps' }).click();
  const path = '/etc/nftables.d/swarmkeep-port-7890.nft';
  const step = page.locator('.fix-steps__step').filter({ hasText: 'the home network reach port 7890' });
  await expect(step.getByText('owner root:root, mode 0644')).toBeVisible();
  const lines = step.getByRole('region', { name: `Contents of ${path}` });
  expect((await lines.textContent())?.split('\n')).toContain('  chain input {');
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await step.getByRole('button', { name: `Copy the contents of ${path}` }).click();
  expect(await copied()).toMatch(/^table inet swarmkeep_port_7890 \{\n {2}chain input \{\n.*\n\}\n$/s);
  await expect(step.getByText('printf', { exact: false })).toHaveCount(0);
  await step.getByRole('button', { name: 'The command that writes it' }).click();
  await step.getByRole('button', { name: 'Copy the command of step 1' }).click();
  expect(await copied()).toContain(`| tee -- ${path} && chown root:root`);
  await step.getByRole('button', { name: 'To take it back' }).click();
  await step.getByRole('button', { name: 'Copy what takes step 1 back' }).click();
  expect(await copied()).toBe(`rm -- ${path}`);
});

test('numbers commands and not sentences, and says "Now" with a subject', async ({ page, open }) => {
  await open('evening', '/setup/boa?step=service-bindings');
  await page.getByRole('button', { name: 'Show the two steps' }).click();
  await expect(page.locator('.fix-steps__step')).toHaveCount(4);
  await expect(page.locator('.fix-steps__number')).toHaveText(['1', '2']);
  await expect(page.locator('.fix-card__part').first()).toHaveText(
    'Now0.0.0.0:7890 mycoswarm (pid 812, uid 998 mycoswarm): every address.',
  );
  await open('way-out', '/setup/miu?step=outbound-firewall');
  await expect(page.locator('.fix-card__part').first()).toHaveText(
    /^Now\S.* would leave through eth0: .*\.$/,
  );
});

test('an item can be put off, and the set-up is taken up where it was left', async ({ page, open }) => {
  await open('evening', '/setup/boa?step=service-bindings');
  await page.getByRole('button', { name: 'Not now' }).click();
  await expect(page).toHaveURL(/step=audit-logging/);
  await expect(page.getByRole('link', { name: /Service addresses.*later/ })).toBeVisible();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Home' }).click();
  await expect(page).toHaveURL(/#\/(\?|$)/);
  await page.evaluate(() => {
    window.location.hash = '/setup/boa';
  });
  await expect(page).toHaveURL(/step=audit-logging/);
});

test('a risk is accepted with a reason and a day, and taken back', async ({ page, open }) => {
  await open('evening', '/setup/boa?step=service-bindings');
  await page.getByRole('button', { name: 'Accept the risk until…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox').first()).toBeFocused();
  await dialog.getByRole('button', { name: /^Accept/ }).click();
  await expect(dialog.getByText('Say in a few words why.')).toBeVisible();
  await dialog.getByRole('textbox').first().fill('boa leaves the house next week');
  await dialog.getByRole('button', { name: /^Accept/ }).click();
  await expect(page.getByText(/^Accepted until/).first()).toBeVisible();
  await page.getByRole('button', { name: 'No longer accept it' }).click();
  await expect(page.getByRole('button', { name: 'Accept the risk until…' })).toBeVisible();
});

test('looking again can be cancelled, and its end is said', async ({ page, open }) => {
  const { double } = await open('evening', '/setup/boa?step=service-bindings');
  double.looking.end = false;
  await page.getByRole('button', { name: 'Look again' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Look again' })).toBeVisible();
  double.looking.end = true;
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(page.getByText('Looked at boa again.')).toBeVisible();
});

test('what was found can be corrected, and the correction taken back', async ({ page, open }) => {
  await open('evening', '/setup/boa?step=profile');
  await page.getByRole('button', { name: 'Correct it' }).click();
  const workspace = page.getByRole('textbox', { name: 'Workspace' });
  await workspace.fill('srv');
  await expect(page.getByText('A path on the node begins with a slash.')).toBeVisible();
  await workspace.fill('/srv/workspace');
  await page.getByRole('button', { name: 'Keep this' }).click();
  await expect(page.getByText('corrected by you')).toBeVisible();
  await page.getByRole('button', { name: 'Use what was found' }).click();
  await expect(page.getByText('corrected by you')).toHaveCount(0);
});

test('ends with a page worth printing', async ({ page, open }) => {
  await open('evening', '/setup/boa?step=summary');
  await expect(page.locator('.summary-page__items > li')).toHaveCount(11);
  await expect(sentence(page)).toHaveText(/^boa stands on/);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.rail')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Print this page' })).toBeHidden();
  await expect(page.locator('.summary-page__items > li').last()).toBeVisible();
});
