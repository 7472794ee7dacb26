import type { Profile } from '#shared/domain/profile.ts';
import type { Context } from './context.ts';
import type { ConsoleService } from './service.ts';

/** About this console and who runs it. */
export function systemGroup(
  context: Context,
  about: { shell: 'desktop' | 'web' | 'command-line'; version: string; startedAt: string },
): ConsoleService['system'] {
  return {
    async about() {
      const local = (await context.store.listNodes()).find((node) => node.address.kind === 'local');
      const seen = local ? await context.store.profile({ node: local.id }) : null;
      return {
        ...about,
        platform: `${process.platform} ${process.arch}`,
        dataFolder: context.dataFolder,
        agentUnderOwnAccount: seen && agentRunsAs(seen.detected, context.ownUid),
        runsAsRoot: context.ownUid === 0,
      };
    },
  };
}

/**
 * @param own uid of the console
 * @returns whether any mycoSwarm of the profile runs, or is set to run, under it; null when that is not known
 */
export function agentRunsAs(profile: Profile, own: number | null): boolean | null {
  if (own === null) return null;
  const uids = profile.instances.map((instance) => instance.uid);
  if (uids.includes(own)) return true;
  return uids.includes(null) ? null : false;
}
