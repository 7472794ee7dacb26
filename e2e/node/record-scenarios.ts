import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordFacts } from '#core/facts/record.ts';
import { lookAtGuest } from './look-at-guest.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import { startGuest } from './start-guest.ts';

const STAND_IN = new URL('../fixtures/stand-in-mycoswarm', import.meta.url).pathname;
const TARGET = new URL('../fixtures/facts', import.meta.url).pathname;

/** Boot a machine, set it up as the scenario says, look at it over SSH, and keep what was seen as a fixture. */
async function record(name: ScenarioName): Promise<void> {
  const began = Date.now();
  const scenario = SCENARIOS[name];
  const guest = await startGuest();
  try {
    await guest.copyIn(STAND_IN);
    await guest.must(scenario.script, 400_000);
    const facts = await lookAtGuest(guest, scenario.as);
    const unseen = Object.entries(facts.subjects).flatMap(([subject, seen]) =>
      seen.state === 'unseen' ? [`${subject}: ${seen.reason}`] : [],
    );
    await writeFile(join(TARGET, `${name}.json`), recordFacts(facts));
    process.stdout.write(
      `${name}: ${((Date.now() - began) / 1000).toFixed(0)} s, looked in ${facts.tookMs} ms; ${unseen.join('; ')}\n`,
    );
  } finally {
    await guest.stop();
  }
}

/** `node e2e/node/record-scenarios.ts [NAME…]`: records all scenarios, or those named. Needs root and qemu. */
const wanted = process.argv.slice(2);
await mkdir(TARGET, { recursive: true });
for (const name of Object.keys(SCENARIOS) as ScenarioName[]) {
  if (wanted.length === 0 || wanted.includes(name)) await record(name);
}
