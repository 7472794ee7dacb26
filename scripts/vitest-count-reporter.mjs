// Writes what a Vitest run counted, with the reason of every skip and the files that took longest, to the file in SWARMKEEP_COUNTS.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandled) {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0, skips: [], slowest: slowest(modules) };
    for (const module of modules) {
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') counts.failed += 1;
        else {
          counts.skipped += 1;
          counts.skips.push(`${test.fullName}: ${result.note ?? 'no reason given'}`);
        }
      }
    }
    writeFileSync(process.env.SWARMKEEP_COUNTS, JSON.stringify(counts));
  }
}

/** The six files that took longest, each with its seconds. */
function slowest(modules) {
  const took = modules.map((module) => {
    const { duration, setupDuration, collectDuration } = module.diagnostic();
    return {
      file: module.relativeModuleId,
      seconds: Math.round((duration + setupDuration + collectDuration) / 1_000),
    };
  });
  return took.toSorted((a, b) => b.seconds - a.seconds).slice(0, 6);
}
