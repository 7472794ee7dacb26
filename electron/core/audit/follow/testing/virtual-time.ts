/** Runs something while time passes only when somebody waits for it: hours of waiting take no time, and no wait is ever too short. */
export async function inVirtualTime<Value>(work: (now: () => number) => Promise<Value>): Promise<Value> {
  const { setTimeout: timer, clearTimeout: clear } = globalThis;
  const clock = performance.now;
  let now = 0;
  globalThis.setTimeout = ((then: () => void, milliseconds = 0) =>
    setImmediate(() => {
      now += milliseconds;
      then();
    })) as never;
  globalThis.clearTimeout = ((immediate: NodeJS.Immediate) => clearImmediate(immediate)) as never;
  performance.now = () => now;
  try {
    return await work(() => now);
  } finally {
    globalThis.setTimeout = timer;
    globalThis.clearTimeout = clear;
    performance.now = clock;
  }
}
