/**
 * Lets at most `limit` tasks run at once; the others wait in the order in which they came.
 * @returns a function that runs a task when it is its turn and settles like it
 */
export function createTurns(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place is handed on, so that nobody who comes in between can take it.
      if (next) next();
      else running -= 1;
    }
  };
}
