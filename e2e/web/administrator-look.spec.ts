import { ConsoleError } from '#core/console/service.ts';
import { violationsOf } from './axe.ts';
import type { DoubleConsole } from './double/serve-double.ts';
import { expect, test } from './fixture.ts';

const BUTTON = { name: 'Look as administrator' };
const QUESTION = 'The terminal in which Swarmkeep runs asks for the password of sudo on miu.';

/** The person in front of the terminal types nothing until the test says so; what is looked at then is seen again. */
function terminal({ double, questions, scenario }: DoubleConsole) {
  const orders: unknown[] = [];
  const typed = Promise.withResolvers<'right' | 'wrong'>();
  const start = double.looks.start;
  double.looks.start = async (input) => {
    orders.push(input);
    const about = { node: 'miu', name: 'miu' };
    const asked = questions.askPassword?.({ title: 'Password of sudo on miu', lines: [], about });
    const answer = await Promise.race([typed.promise, asked?.then(() => 'taken back' as const)]);
    for (const { id } of questions.list()) questions.dismiss(id);
    if (answer !== 'right') {
      const message =
        answer === 'wrong' ? 'sudo on miu did not take the password.' : 'sudo on miu needs a password.';
      throw new ConsoleError(answer === 'wrong' ? 'NOT_ALLOWED' : 'CONSENT_REFUSED', message, {
        untouched: 'No look was made: findings are as they were.',
        next: 'Order it again and type the password that this account has there.',
      });
    }
    for (const finding of scenario.findings) {
      if (finding.status !== 'unknown' || finding.before?.status !== 'fix') continue;
      Object.assign(finding, {
        status: 'fix',
        summary: 'Everyone with an account on miu can read the swarm secret',
      });
      Object.assign(finding, { wouldHelp: null, before: null });
    }
    return start(input);
  };
  return { orders, type: typed.resolve };
}

test('Home says what is out of sight since when, and shows it again once the password was typed', async ({
  page,
  open,
}) => {
  const running = await open('blind');
  const { orders, type } = terminal(running);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('could not be seen by the last look');
  const note = page.getByRole('list', { name: 'Out of sight of the last look' });
  await expect(note).toContainText('One thing on miu could not be seen by the last look.');
  await expect(note).toContainText('It needed fixing when seen last, 21 November');
  await note.getByRole('button', BUTTON).click();
  await expect(page.getByText(QUESTION)).toBeVisible();
  await expect(note).toContainText('kept in memory for this one look, and forgotten at its end');
  expect(await violationsOf(page)).toEqual([]);
  expect(orders).toEqual([{ nodes: ['miu'], administrator: true }]);
  type('right');
  await expect(page.getByText(QUESTION)).toHaveCount(0);
  await expect(note).toHaveCount(0);
  // No page keeps what it never had.
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
    'assword',
  );
});

test.describe('Where the password is not the right one', () => {
  test.use({ expectErrors: ['409', '403'] });

  test('the finding says so, keeps its button, and nothing was lost', async ({ page, open }) => {
    const running = await open('blind', '/checks?check=swarm-secret&on=miu');
    const { orders, type } = terminal(running);
    const finding = page.locator('.finding--open');
    await expect(
      finding.getByText('It would help to look at this node as administrator.').first(),
    ).toBeVisible();
    await finding.getByRole('button', BUTTON).click();
    await expect(page.getByText(QUESTION)).toBeVisible();
    type('wrong');
    await expect(finding.getByRole('alert')).toHaveText(
      'sudo on miu did not take the password. No look was made: findings are as they were. Order it again and type the password that this account has there.',
    );
    expect(await violationsOf(page)).toEqual([]);
    await finding.getByRole('button', BUTTON).click();
    expect(orders).toHaveLength(2);
  });

  test('the question can be taken back from the page', async ({ page, open }) => {
    const running = await open('blind', '/plan?do=fix&on=miu&checks=swarm-secret');
    terminal(running);
    await expect(page.getByText('Look at this node as administrator, then plan again.')).toBeVisible();
    await page.getByRole('button', BUTTON).click();
    await page.getByRole('button', { name: 'Cancel the question' }).click();
    await expect(page.getByRole('alert')).toContainText('sudo on miu needs a password.');
    await expect(page.getByRole('button', BUTTON)).toBeVisible();
  });
});
