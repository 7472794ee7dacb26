import type { SubjectName } from '#shared/domain/facts/facts.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext, Collector } from '../collector.ts';
import { isWithin } from '../profile/paths.ts';
import { gapOf } from '../script/outcome.ts';
import { hungMounts } from './files/asked-paths.ts';

const PLACES = [
  'home',
  'configurationFolder',
  'workspace',
  'source',
  'virtualEnvironment',
  'sitePackages',
  'logFolder',
] as const;

/** The context without paths on file systems that do not answer: a shell that touches one cannot be stopped. */
function withoutHung(context: CollectContext): { context: CollectContext; hidden: string[] } {
  const hung = hungMounts(context.seen);
  if (hung.length === 0) return { context, hidden: [] };
  const hidden = new Set<string>();
  const instances = context.profile.instances.map((instance) => {
    const live: InstanceProfile = { ...instance };
    for (const place of PLACES) {
      const path = live[place];
      if (path === null || !hung.some((mount) => isWithin(path, mount))) continue;
      hidden.add(path);
      live[place] = null;
    }
    return live;
  });
  return { context: { ...context, profile: { ...context.profile, instances } }, hidden: [...hidden] };
}

/**
 * A collector that never asks for paths on a mount that hangs (`mounts` of round trip 1 knows them), and says which ones it
 * left out.
 */
export function onLiveMounts<S extends SubjectName>(collector: Collector<S>): Collector<S> {
  return {
    ...collector,
    script: (context) => collector.script(withoutHung(context).context),
    parse(output, context) {
      const live = withoutHung(context);
      const result = collector.parse(output, live.context);
      if (!result.seen) return result;
      const gaps = live.hidden.map((path) => gapOf(path, 'the file system that it lies on does not answer'));
      return { ...result, gaps: [...result.gaps, ...gaps].slice(0, 256) };
    },
  };
}
