import { sha256Of } from '#core/fixes/at-path.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { PathState } from '#shared/domain/helper/targets.ts';

/**
 * What a helper would see at paths of a node of which only facts are known: files and folders among the facts, the usual
 * folders of the system, and nothing elsewhere.
 */
export function statesOf(
  facts: Facts,
  targets: readonly { path: string; text: boolean }[],
  texts: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, PathState> {
  const observation = facts.subjects.files;
  const files = new Map(
    observation.state === 'seen' ? observation.value.files.map((file) => [file.path, file]) : [],
  );
  return new Map(
    targets.map(({ path, text }): [string, PathState] => {
      const fact = files.get(path);
      const own = { uid: fact?.uid ?? 0, gid: fact?.gid ?? 0 };
      const extra = { extended: (fact?.acl?.length ?? 0) > 0, immutable: false };
      const contents = texts[path];
      if (contents !== undefined || fact?.kind === 'file')
        return [
          path,
          {
            path,
            kind: 'file',
            ...own,
            ...extra,
            mode: fact?.mode ?? 0o644,
            sha256: sha256Of(contents ?? ''),
            size: contents?.length ?? 0,
            text: text ? (contents ?? '') : null,
          },
        ];
      if (fact?.kind === 'directory' || USUAL.has(path))
        return [path, { path, kind: 'directory', ...own, ...extra, mode: fact?.mode ?? 0o755 }];
      if (fact?.kind === 'link') return [path, { path, kind: 'other', what: 'link' }];
      return [path, { path, kind: 'absent' }];
    }),
  );
}

const USUAL = new Set([
  '/etc',
  '/etc/systemd',
  '/etc/systemd/system',
  '/etc/ssh/sshd_config.d',
  '/etc/sysctl.d',
  '/opt',
  '/home',
  '/var/lib',
]);
