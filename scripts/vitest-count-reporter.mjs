// Writes what a Vitest run counted, with the reason of every skip, to the file in SWARMKEEP_COUNTS.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandled) {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0, skips: [] };
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
