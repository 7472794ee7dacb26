import type { Collector } from '../collector.ts';
import { parseUnits } from './units/parse.ts';
import { UNITS_SCRIPT } from './units/script.ts';

/** systemd units of mycoSwarm, Ollama, firewalls, audit, SSH and clock, of the system and of users. */
export const unitsCollector: Collector<'units'> = {
  subject: 'units',
  trip: 1,
  budgetMs: 6_000,
  maxBytes: 16 * 1024 * 1024,
  source: 'systemctl show; systemctl cat',
  script: () => UNITS_SCRIPT,
  parse: parseUnits,
};
