import { collect } from '#core/facts/collect.ts';
import { COLLECTORS } from '#core/facts/collectors.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import type { SubjectName } from '#shared/domain/facts/facts.ts';
import { plainName } from '#shared/domain/plain-name.ts';
import type { Profile } from '#shared/domain/profile.ts';

/** Enough to tell whether mycoSwarm runs, and quick. */
const SUBJECTS: readonly SubjectName[] = ['processes', 'sockets', 'units'];

/** Milliseconds after which the quick look is given up: the page waits for it. */
const LONGEST_MS = 3_000;

/** What is said of this computer before it is added. */
export interface LocalDetection {
  possible: boolean;
  sentence: string;
  version: string | null;
  port: number | null;
  running: boolean;
}

/**
 * A quick look at this computer: is mycoSwarm here? Changes nothing and stores nothing.
 * @returns one sentence and what it rests on; never an error
 */
export async function detectLocal(): Promise<LocalDetection> {
  if (process.platform !== 'linux') return NOT_POSSIBLE;
  const limit = AbortSignal.timeout(LONGEST_MS);
  const late = new Promise<LocalDetection>((resolve) => {
    limit.addEventListener('abort', () => resolve(COULD_NOT_LOOK), { once: true });
  });
  // A busy machine may need a while to end what was begun; the page does not wait for that.
  return Promise.race([lookQuickly(limit), late]);
}

async function lookQuickly(signal: AbortSignal): Promise<LocalDetection> {
  const host = hostFor({ kind: 'local' }, { dataFolder: '' });
  try {
    if (host.kind === 'recorded') return COULD_NOT_LOOK;
    const result = await collect({
      host,
      collectors: COLLECTORS.filter((entry) => SUBJECTS.includes(entry.subject)),
      hints: null,
      corrections: [],
      // Nothing of this look is kept or compared.
      salt: '0'.repeat(64),
      signal,
    });
    return result.ok ? describeLocal(result.collection.profile) : COULD_NOT_LOOK;
  } catch {
    return COULD_NOT_LOOK;
  } finally {
    await host.close();
  }
}

const NOT_POSSIBLE: LocalDetection = {
  possible: false,
  sentence: 'Only Linux computers can be looked at from the inside. Add your nodes over SSH.',
  version: null,
  port: null,
  running: false,
};

const COULD_NOT_LOOK: LocalDetection = {
  possible: true,
  sentence:
    'This computer is busy, so we do not know yet whether mycoSwarm is here. Choose it: the look at it will say.',
  version: null,
  port: null,
  running: false,
};

/** @returns what a profile says of this computer, in one sentence; a running installation comes first */
export function describeLocal(profile: Profile): LocalDetection {
  const instance = profile.instances.find((entry) => entry.running) ?? profile.instances[0];
  if (!instance) {
    const sentence = 'mycoSwarm was not found running here. A full look also finds one that is stopped.';
    return { possible: true, sentence, version: null, port: null, running: false };
  }
  const { running, version, apiPort: port } = instance;
  const name = version === null ? 'mycoSwarm' : `mycoSwarm ${plainName(version, 32)}`;
  const place = running && port !== null ? `, on port ${port}` : '';
  const more = profile.instances.length > 1 ? ` It is one of ${profile.instances.length}.` : '';
  const sentence = `${name} is ${running ? 'running here' : 'installed here and stopped'}${place}.${more}`;
  return { possible: true, sentence, version, port, running };
}
