import type { Collector } from '../collector.ts';
import { onLiveMounts } from './live-mounts.ts';
import { parseMycoswarm } from './mycoswarm/parse.ts';
import { mycoswarmScript } from './mycoswarm/script.ts';

/** mycoSwarm's own state: token (described, never shown), plugins, settings, what its ports answer without a token. */
export const mycoswarmCollector: Collector<'mycoswarm'> = onLiveMounts({
  subject: 'mycoswarm',
  trip: 2,
  budgetMs: 15_000,
  maxBytes: 8 * 1024 * 1024,
  source: 'stat ~/.config/mycoswarm; grep -rlF -f -; curl http://127.0.0.1:7890; journalctl -u',
  script: mycoswarmScript,
  parse: parseMycoswarm,
});
