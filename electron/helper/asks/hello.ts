import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import { knownHash } from '../known-hash.ts';
import type { Machine } from '../machine.ts';
import { fileHash } from '../self-check.ts';

/** Replaced by the build with the version of package.json. */
declare const HELPER_VERSION: string | undefined;

/** Who this helper is: protocol, version, hashes of bundle and runtime, and as whom it runs. */
export function hello(machine: Machine, files: { bundle: string; runtime: string }): HelperAnswer {
  return {
    answer: 'hello',
    protocol: HELPER_PROTOCOL,
    version: typeof HELPER_VERSION === 'string' ? HELPER_VERSION : 'source',
    bundle: fileHash(files.bundle),
    runtime: knownHash(machine, files.runtime),
    uid: process.getuid?.() ?? -1,
    systemd: machine.systemd,
  };
}
