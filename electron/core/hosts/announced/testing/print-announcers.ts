import { listenForAnnouncements } from '../listening.ts';

/** For tests: listens in the network namespace that it is started in, prints who is there once somebody is, and ends. */
const stay = setInterval(() => undefined, 60_000);
const ears = listenForAnnouncements(() => {
  process.stdout.write(`${JSON.stringify(ears.list())}\n`);
  ears.close();
  clearInterval(stay);
});
