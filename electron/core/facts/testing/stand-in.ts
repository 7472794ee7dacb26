import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScriptHost } from '#core/hosts/host.ts';

/** What becomes of a program of the node: it never answers, fails without a word, or tells half and is killed. */
export type Disturbance = 'hangs' | 'fails' | 'tells-half';

/** The folders in which every fragment looks for programs, as the prelude sets them. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const OF_FRAGMENTS = `PATH=${FOLDERS.join(':')}; export PATH\n`;

function bodyOf(how: Disturbance, real: string, folder: string): string {
  if (how === 'hangs') return 'exec /bin/sleep 86400';
  if (how === 'fails') return 'exit 1';
  return `told=$(/usr/bin/mktemp ${folder}/told.XXXXXX); ${real} "$@" > "$told"
size=$(/usr/bin/stat -c %s "$told"); /usr/bin/head -c $((size / 2)) "$told"; /bin/rm -f "$told"; kill -KILL $$`;
}

export interface StandIn {
  /** The script of a fragment or a trip, with the stand-in before the real program. What carries the answers stays as it is. */
  within(script: string): string;
  /** A host whose fragments meet the stand-in. */
  on(host: ScriptHost): ScriptHost;
  remove(): void;
}

/** For tests: one program of the node that does not do what it should. @returns null where there is no such program */
export function standIn(program: string, how: Disturbance): StandIn | null {
  const real = FOLDERS.map((place) => `${place}/${program}`).find((path) => existsSync(path));
  if (real === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
  chmodSync(folder, 0o1777);
  writeFileSync(join(folder, program), `#!/bin/sh\n${bodyOf(how, real, folder)}\n`, { mode: 0o755 });
  chmodSync(join(folder, program), 0o755);
  const within = (script: string): string =>
    script.replaceAll(OF_FRAGMENTS, OF_FRAGMENTS.replace('PATH=', `PATH=${folder}:`));
  return {
    within,
    on: (host) => ({
      ...host,
      run: (request) => host.run({ ...request, script: within(request.script) }),
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
