import { runScript } from '#core/hosts/testing/run-script.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { AnyCollector } from '../collectors.ts';
import type { HintCollector } from '../profile/hints.ts';
import { context } from './answers.ts';
import { type Disturbance, standIn } from './stand-in.ts';

/**
 * For tests: what a collector says that it could not see of this machine when one program of it does not do what it should.
 * @param program null for none
 * @param changed the script, as this test wants it
 * @returns what each gap is about; null where there is no such program
 */
export function gapsWhere(
  collector: AnyCollector | HintCollector,
  program: string | null,
  how: Disturbance,
  changed: (script: string) => string = (script) => script,
): string[] | null {
  const broken = program === null ? null : standIn(program, how);
  if (program !== null && broken === null) return null;
  const script = changed(collector.script(context));
  const { stdout, stderr, status } = runScript(broken?.within(script) ?? script, {
    PATH: '/usr/bin:/bin',
    node_uid: String(process.getuid?.() ?? 0),
  });
  broken?.remove();
  const output = { stdout, stderr: String(stderr), exitCode: status, timedOut: false, cut: false, tookMs: 1 };
  const read = collector.parse(output, context) as { seen: true; gaps: Gap[] } | { seen: false };
  return read.seen ? read.gaps.map((gap) => gap.what) : ['all of it'];
}
