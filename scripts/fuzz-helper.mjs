// `npm run fuzz:helper [tries] [first seed]`: hostile requests and races against the helper's own code, on a copy-on-write node.

import { runFuzz } from '../electron/helper/testing/fuzz/run-fuzz.ts';
import { whyNoTestNode } from '../electron/helper/testing/helper-node.ts';

const tries = Number(process.argv[2] ?? 100_000);
const firstSeed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const reason = whyNoTestNode();
if (!Number.isSafeInteger(tries) || tries < 1 || !Number.isSafeInteger(firstSeed)) {
  console.error('Usage: npm run fuzz:helper [-- TRIES [FIRST-SEED]]');
  process.exit(64);
}
if (reason !== null) {
  console.error(`Not tried here: ${reason}.`);
  process.exit(2);
}
console.log(`${tries} tries from seed ${firstSeed}`);
const began = performance.now();
const races = Math.ceil(tries / 50);
const total = {};
let violations = 0;
for (const [count, seed, mode] of [
  [tries - races, firstSeed, 'quiet'],
  [races, firstSeed + 1, 'race'],
]) {
  const found = await runFuzz(count, seed, mode);
  for (const words of found.violations) console.log(`${mode}, seed ${seed}: ${words}`);
  for (const [key, value] of Object.entries(found.counts)) total[key] = (total[key] ?? 0) + value;
  violations += found.violations.length;
  console.log(`${mode}: ${count} tries, ${found.violations.length} violations`);
}
const seconds = (performance.now() - began) / 1_000;
console.log(
  `${violations} writes outside declared targets in ${tries} tries, ${seconds.toFixed(0)} s: ${JSON.stringify(total)}`,
);
process.exitCode = violations === 0 ? 0 : 1;
