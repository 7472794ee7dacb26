import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { createAlertKeeper } from './keep-alerts.ts';

const KEY = ['audit', 'alerts'];
const alert = (id: string) => ({ id }) as Alert;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Lists that are answered when the test says so, as they were when they were asked for. */
function asked(queries: QueryClient) {
  const answers: (() => void)[] = [];
  let stored: Alert[] = [];
  queries.setQueryDefaults([...KEY, {}], {
    queryFn: () => {
      const read = [...stored];
      return new Promise<Alert[]>((resolve) => answers.push(() => resolve(read)));
    },
    retry: false,
  });
  return {
    store(...alerts: Alert[]) {
      stored = alerts;
    },
    answer: async () => {
      for (const one of answers.splice(0)) one();
      await turn();
    },
    ids: () => queries.getQueryData<Alert[]>([...KEY, {}])?.map(({ id }) => id),
    read: () => queries.refetchQueries({ queryKey: KEY, type: 'all' }),
  };
}

it('an alert stays that came while an older list was on its way, and the list is asked for again', async () => {
  const queries = new QueryClient();
  const list = asked(queries);
  queries.setQueryData([...KEY, {}], [alert('a')]);
  list.store(alert('a'));
  void list.read();
  await turn();
  const keeper = createAlertKeeper(queries, KEY);
  keeper.keep(alert('b'));
  expect(list.ids()).toEqual(['b', 'a']);
  await list.answer();
  expect(list.ids()).toEqual(['b', 'a']);
  list.store(alert('c'), alert('b'), alert('a'));
  keeper.end();
  expect(queries.getQueryState([...KEY, {}])?.isInvalidated).toBe(true);
  void list.read();
  await turn();
  await list.answer();
  expect(list.ids()).toEqual(['c', 'b', 'a']);
  queries.clear();
});

it('the first list is not called off, and what came before it is asked for again', async () => {
  const queries = new QueryClient();
  const list = asked(queries);
  const first = queries.fetchQuery({ queryKey: [...KEY, {}] });
  await turn();
  const keeper = createAlertKeeper(queries, KEY);
  keeper.keep(alert('b'));
  await list.answer();
  expect(await first).toEqual([]);
  keeper.end();
  expect(queries.getQueryState([...KEY, {}])?.isInvalidated).toBe(true);
  queries.clear();
});

it('asks for nothing when nothing was on its way', () => {
  const queries = new QueryClient();
  queries.setQueryData([...KEY, {}], [alert('a')]);
  const keeper = createAlertKeeper(queries, KEY);
  keeper.keep(alert('b'));
  keeper.keep(alert('a'));
  keeper.end();
  expect(queries.getQueryData<Alert[]>([...KEY, {}])?.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(queries.getQueryState([...KEY, {}])?.isInvalidated).toBe(false);
});
