import type { Page } from '@playwright/test';
import { violationsOf } from './axe.ts';
import { expect, test } from './fixture.ts';

const STEP = '/setup/miu?step=outbound-firewall';
const PLAN = '/plan?do=fix&on=miu&checks=outbound-firewall';

test.describe.configure({ timeout: 120_000 });

async function isClean(page: Page, where: string): Promise<void> {
  const violations = await violationsOf(page);
  expect(
    violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
  const { scroll, inner } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    inner: window.innerWidth,
  }));
  expect(scroll, `${where} scrolls sideways`).toBeLessThanOrEqual(inner);
}

test.describe('The card of a fix', () => {
  test('says from what to what, when, how to get back and as whom; nothing happens by itself', async ({
    page,
    open,
  }) => {
    const { double } = await open('closable', STEP);
    const card = page.locator('.fix-card');
    await expect(card.getByText('5 rules, IPv4 only, gone after a reboot')).toBeVisible();
    await expect(card.getByText('IPv4 and IPv6 closed, home network open')).toBeVisible();
    await expect(card.getByText('as administrator through sudo on miu')).toBeVisible();
    await expect(card.getByText(/It reverts by itself after 60 seconds/)).toBeVisible();
    await expect(page.locator('.button--filled')).toHaveText(['Close the way out']);
    await expect(card.getByRole('button', { name: 'Close the way out' })).not.toBeFocused();
    await card.getByRole('button', { name: 'Show the 4 steps' }).click();
    await card.getByRole('button', { name: /Step 4: Let the daemon wait/ }).click();
    await expect(card.getByText('added: Requires=swarmkeep-outbound.service')).toBeVisible();
    await expect(card.getByText('removed: RestartSec=5')).toBeVisible();
    await card.getByRole('button', { name: '20 lines stay as they are' }).click();
    await expect(card.getByText('Environment=MYCOSWARM_OPTION_9=default')).toBeVisible();
    await card.getByRole('button', { name: /Step 2: Load the rules/ }).click();
    await card.getByRole('button', { name: 'Copy the command of step 2' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'nft -f /etc/swarmkeep/outbound.nft',
    );
    await card.getByRole('button', { name: 'Not now' }).click();
    await expect(page).toHaveURL(/step=swarm-secret/);
    expect((await double.fixes.list({ limit: 50 })).changes).toEqual([]);
  });

  test('runs, counts down, is kept, is checked and only then fine; and is undone from the finding', async ({
    page,
    open,
  }) => {
    await open('closable', STEP);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    await expect(page.getByText(/Agree in the terminal in which Swarmkeep runs/)).toBeVisible();
    const countdown = page.getByRole('region', { name: 'Keep or revert on miu' });
    await expect(countdown.getByRole('timer')).toHaveText(/^(1:00|0:5\d)$/);
    await expect(countdown.getByText(/does not need this window/)).toBeVisible();
    await expect(countdown.getByRole('status')).toHaveText(/left\.$/);
    await expect(page.locator('.unconfirmed')).toHaveCount(0);
    // From every other page it can be kept too.
    await page.getByRole('link', { name: 'Nodes', exact: true }).click();
    await expect(page.locator('.unconfirmed').getByRole('timer')).toBeVisible();
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await expect(page.locator('.unconfirmed').getByRole('button', { name: 'Keep' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.locator('.unconfirmed')).toHaveCount(0);
    await page.getByRole('link', { name: 'Setup', exact: true }).click();
    await expect(page.getByText('Swarmkeep repaired this')).toBeVisible();
    await page.getByRole('link', { name: 'undo it' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Undo on miu: Close the way out/);
    await page.getByRole('button', { name: 'Undo this change' }).click();
    await expect(page).toHaveURL(/#\/change\//);
    await expect(page.getByText('What the look afterwards says')).toBeVisible();
  });

  test('goes from checking to fine without applause', async ({ page, open }) => {
    const { scenario } = await open('closable', PLAN);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    if (scenario.fixes) scenario.fixes.heldAt = 'verifying';
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await expect(page.locator('.change-page__title').getByText('checking')).toBeVisible();
    if (scenario.fixes) scenario.fixes.heldAt = undefined;
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'In force on miu, and an independent look says so.',
    );
    await expect(page.locator('.change-page__title')).toContainText('fine');
    expect((await page.locator('main').textContent()) ?? '').not.toMatch(/!|success|congrat/i);
  });

  test('is taken back at once by Revert, and between two steps by Cancel', async ({ page, open }) => {
    const { scenario } = await open('closable', PLAN);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    await page.getByRole('button', { name: 'Revert now' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/It took itself back/);
    await page.getByRole('link', { name: 'Do it again…' }).click();
    if (scenario.fixes) scenario.fixes.heldAt = 'applying';
    await page.getByRole('button', { name: 'Do it again' }).click();
    await expect(page.getByText(/^1 of 4, write the rules$/)).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('You stopped it. What was done was taken back.')).toBeVisible();
  });
});

test.describe('Where nothing is allowed', () => {
  test('says so, offers to allow it as a plan of its own, and shows the steps to copy', async ({
    page,
    open,
  }) => {
    await open('evening', '/setup/boa?step=service-bindings');
    await expect(page.getByText(/Nothing is allowed on this node yet/)).toBeVisible();
    await expect(page.getByRole('button', { name: /^Show the .*steps$/ })).toBeVisible();
    await page.getByRole('link', { name: 'Allow changes on boa…' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allow changes on boa.');
    await expect(page.getByText('/etc/sudoers.d/swarmkeep')).toHaveCount(0);
    await page.getByRole('switch', { name: 'Do not ask for my password each time' }).click();
    await expect(page.getByRole('button', { name: /Let it run without a password/ })).toBeVisible();
    await page.getByRole('button', { name: 'Not now' }).click();
    await expect(page).toHaveURL(/setup\/boa/);
  });

  test('a check that is left to a person says why', async ({ page, open }) => {
    await open('house', '/checks?check=unused-interfaces&on=uncho');
    await expect(page.getByText('Taking a network down could take you off the node.')).toBeVisible();
    await expect(page.getByRole('complementary', { name: 'What to do' })).toContainText('docker0');
  });
});

test('several fixes of a node are chosen with boxes, in one plan with one order', async ({ page, open }) => {
  const { scenario } = await open('house', '/checks');
  const logging = scenario.findings.find((entry) => entry.node === 'miu' && entry.check === 'audit-logging');
  if (logging) Object.assign(logging, { status: 'fix', summary: 'Nothing is recorded on miu' });
  await page.reload();
  await page.getByRole('button', { name: 'Fix all that can be fixed' }).click();
  await page.getByRole('menuitem', { name: /miu/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Repair 2 things on miu.');
  await expect(page.getByRole('button', { name: 'Do these four steps' })).toBeVisible();
  await expect(
    page.getByRole('complementary', { name: 'What it needs' }).getByText('Auditd, for about 2 seconds'),
  ).toBeVisible();
  await expect(page.getByText(/It asks for your password there/)).toBeVisible();
  await page.getByRole('checkbox', { name: /Logging/ }).uncheck();
  await expect(page.getByRole('button', { name: 'Close the secret' })).toBeVisible();
  await page.getByRole('checkbox', { name: /Logging/ }).check();
  await page.getByRole('button', { name: 'Do these four steps' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/an independent look says so/);
});

test('what is left out is named with its reason', async ({ page, open }) => {
  await open('house', '/plan?do=fix&on=miu&checks=swarm-secret,plugin-inventory');
  await expect(page.getByRole('heading', { name: 'Left out' })).toBeVisible();
  await expect(page.getByText('Whether a plugin is yours is not for a program').last()).toBeVisible();
});

test.describe('Where the terminal is asked', () => {
  test('for a password, the page says so and can take the question back', async ({ page, open }) => {
    const { double, questions } = await open('house', '/');
    const plan = double.fixes.plan;
    let asked = 0;
    double.fixes.plan = async (input) => {
      asked += 1;
      const about = { node: 'miu', name: 'miu' };
      if (asked === 1) await questions.askPassword?.({ title: 'Password of sudo on miu', lines: [], about });
      return plan(input);
    };
    await page.evaluate(() => {
      window.location.hash = '/plan?do=fix&on=miu&checks=swarm-secret';
    });
    await expect(
      page.getByText('The terminal in which Swarmkeep runs asks for the password of sudo on miu.'),
    ).toBeVisible();
    await isClean(page, 'password asked');
    await page.getByRole('button', { name: 'Cancel the question' }).click();
    await expect(page.getByText(/asks for the password of sudo on miu/)).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Close the secret' })).toBeVisible();
    expect(asked).toBe(1);
  });

  test('for a yes, it can be cancelled from the page', async ({ page, open }) => {
    const { double, questions } = await open('closable', PLAN);
    double.changing.consent = () => new Promise<boolean>(() => undefined);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    await expect(page.getByText(/type yes and the number that it shows/)).toBeVisible();
    await page.getByRole('button', { name: 'Cancel the question' }).click();
    await expect.poll(() => questions.list().length).toBe(0);
    await expect(page.getByText('You did not agree, so nothing was changed on miu.')).toBeVisible();
  });
  test.use({ expectErrors: ['403'] });
});

test('a node that cannot be reached is said to be so, and is tried again', async ({ page, open }) => {
  const { double } = await open('closable', '/');
  const available = double.fixes.available;
  let away = true;
  double.fixes.available = async (input) => {
    const found = await available(input);
    const words = 'miu did not answer within 5 seconds.';
    return away
      ? { ...found, access: { via: 'none', installed: false, outdated: false, away: true, words } }
      : found;
  };
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, PLAN);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'miu cannot be reached, so nothing is planned there.',
  );
  await expect(page.getByRole('link', { name: /Allow changes/ })).toHaveCount(0);
  away = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: 'Close the way out' })).toBeVisible();
});

test('what is only to review is not chosen by itself, and what is left out does not look chosen', async ({
  page,
  open,
}) => {
  const { scenario } = await open('house', '/');
  const logging = scenario.findings.find((entry) => entry.node === 'miu' && entry.check === 'audit-logging');
  if (logging) Object.assign(logging, { status: 'review', summary: 'Somebody has to decide' });
  await page.evaluate(() => {
    window.location.hash = '/plan?do=fix&on=miu&checks=all';
  });
  await expect(page.getByRole('button', { name: 'Close the secret' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /Logging/ })).not.toBeChecked();
  await page.evaluate(() => {
    window.location.hash = '/plan?do=fix&on=miu&checks=swarm-secret,plugin-inventory';
  });
  await expect(page.getByRole('heading', { name: 'Left out' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /Plugin/ })).toHaveCount(0);
});

test('after a change that was taken back, "Plan it again" makes a new plan that can be ordered', async ({
  page,
  open,
}) => {
  const { scenario } = await open('failing-change', STEP);
  await page.getByRole('button', { name: 'Close the way out' }).click();
  await expect(page.getByRole('button', { name: 'Plan it again' })).toBeVisible();
  await page.getByRole('link', { name: 'Show the change' }).click();
  await expect(page.getByText('not done').first()).toBeVisible();
  await expect(page.getByText('not yet')).toHaveCount(0);
  await page.goBack();
  if (scenario.fixes) scenario.fixes.outcome = 'done';
  await page.getByRole('button', { name: 'Plan it again' }).click();
  await page.getByRole('button', { name: 'Close the way out' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
});

test('a node is removed only after a question that says what stays on it', async ({ page, open }) => {
  await open('house', '/nodes');
  await page.getByRole('button', { name: 'What to do with uncho' }).click();
  await page.getByRole('menuitem', { name: /Remove/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/What stays on uncho/)).toBeVisible();
  await expect(dialog.getByRole('link', { name: 'Remove Swarmkeep from it first…' })).toBeVisible();
  await isClean(page, 'remove dialog');
  await dialog.getByRole('button', { name: 'Remove it all the same' }).click();
  const removed = page.getByRole('list', { name: 'Removed nodes' });
  await expect(removed).toBeVisible();
  await page.reload();
  await removed.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'What to do with uncho' })).toBeVisible();
});

test.describe('What can go wrong', () => {
  test.use({ expectErrors: ['403', '409', '502'] });

  test('no consent: nothing was changed, and the plan is still there', async ({ page, open }) => {
    await open('refused-consent', STEP);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    await expect(page.getByText('You did not agree, so nothing was changed on miu.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Close the way out' })).toBeVisible();
  });

  test('a step that fails is taken back and says what the machine said', async ({ page, open }) => {
    await open('failing-change', PLAN);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Taken back: miu is as it was before.');
    await expect(page.getByText(/there is no room left on the disk/)).toBeVisible();
    await expect(page.getByText(/No space left on device/)).toBeVisible();
  });

  test('stuck: says where it stands, and never that it is fine', async ({ page, open }) => {
    await open('stuck-change', PLAN);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Stuck: on miu/);
    await expect(page.getByText(/the rules are not loaded/)).toBeVisible();
    await expect(page.locator('main').locator('.status--pass')).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Still on miu' })).toBeVisible();
    await expect(page.getByText('sudo rm -- /etc/swarmkeep/outbound.nft')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Try to take it back again…' })).toBeVisible();
    await isClean(page, 'stuck');
    await page.getByRole('button', { name: 'Leave it as it is…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave it as it is' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Settled: taken back on miu, but for what was left as it is.',
    );
    await expect(page.getByText('You left it as it is.')).toBeVisible();
  });

  test('applied, yet still failing: not verified, and the look says why', async ({ page, open }) => {
    await open('not-verified', PLAN);
    await page.getByRole('button', { name: 'Close the way out' }).click();
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await expect(page.locator('.change-page__title')).toContainText('not verified');
    await expect(page.getByText(/still gets through/)).toBeVisible();
    await expect(page.getByRole('link', { name: 'Undo…' })).toBeVisible();
  });

  test('a node that does not answer: no plan, the steps by hand', async ({ page, open }) => {
    await open('unreachable-node', STEP);
    await expect(page.getByText(/miu did not answer within 5 seconds/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Show the step' })).toBeVisible();
  });

  test('undo is refused with what is different', async ({ page, open }) => {
    await open('changed-since', `/plan?do=undo&change=${'a'.repeat(32)}`);
    await expect(page.getByText(/was changed since/).first()).toBeVisible();
    await expect(page.getByText('minotaur', { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Undo this change' })).toHaveCount(0);
  });
});

for (const theme of ['light', 'dark'] as const) {
  test(`card, plan, countdown and change are clean for axe and fit 900 pixels in ${theme}`, async ({
    page,
    open,
  }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 900, height: 700 });
    await open('closable', STEP);
    await page.getByRole('button', { name: 'Show the 4 steps' }).click();
    await page.getByRole('button', { name: /Step 1: Write the rules/ }).click();
    await isClean(page, `card ${theme}`);
    await page.evaluate((hash) => {
      window.location.hash = hash;
    }, '/plan?do=fix&on=miu&checks=outbound-firewall,audit-logging,plugin-inventory');
    await expect(page.getByText('Left out', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Unfold all' }).click();
    await isClean(page, `plan ${theme}`);
    await page.getByRole('button', { name: /^Do these/ }).click();
    await expect(page.getByRole('timer')).toBeVisible();
    await isClean(page, `countdown ${theme}`);
    await page.evaluate(() => {
      window.location.hash = '/nodes';
    });
    await expect(page.locator('.unconfirmed')).toBeVisible();
    await page.locator('.node__button').first().click();
    await expect(page.getByText('What Swarmkeep may do there')).toBeVisible();
    await isClean(page, `strip ${theme}`);
  });
}

test('hostile text in a plan stays text', async ({ page, open }) => {
  const { scenario } = await open('closable', '/');
  const evil = '<img src=x onerror="document.title=1">\u202egnp.exe\u001b[31m';
  if (scenario.fixes) {
    scenario.fixes.edit = (plan) => ({
      ...plan,
      title: evil,
      blocked: evil,
      settings: plan.settings.map((row) => ({ ...row, setting: evil, from: evil, to: evil, recover: evil })),
      steps: plan.steps.map((step) => ({
        ...step,
        title: evil,
        undo: evil,
        preview: {
          kind: 'file',
          path: `/etc/${evil}`,
          before: evil,
          after: `${evil}\n${evil}`,
          attributes: evil,
        },
      })),
      left: [{ check: 'time-sync', reason: evil }],
    });
  }
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, PLAN);
  await page.getByRole('button', { name: 'Unfold all' }).click();
  await expect(
    page
      .getByText('Cannot be undone', { exact: false })
      .or(page.getByText('Undone by', { exact: false }))
      .first(),
  ).toBeVisible();
  const shown = await page.evaluate(() => ({
    images: document.querySelectorAll('img').length,
    text: document.body.textContent ?? '',
  }));
  expect(shown.images).toBe(0);
  expect(shown.text).not.toMatch(/\p{Bidi_Control}/u);
  expect(shown.text).not.toContain(String.fromCharCode(0x1b));
});
