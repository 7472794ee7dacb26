import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostError, type RecordedHost } from './host.ts';

/** Longest recording that is read: a full collection of a large node is about a tenth of it. */
export const MAX_RECORDING_BYTES = 64 * 1024 * 1024;

type Reading = Awaited<ReturnType<RecordedHost['read']>>;

function refuse(message: string, next: string): Reading {
  return { ok: false, error: hostError('damaged-recording', message, next) };
}

const WHY_UNREAD: Readonly<Record<string, { why: string; next: string }>> = {
  ENOENT: { why: 'there is no such file', next: 'Check its name and folder.' },
  ENOTDIR: { why: 'there is no such file', next: 'Check its name and folder.' },
  EACCES: { why: 'this account may not read it', next: 'Allow it with chmod, or copy the file.' },
  EPERM: { why: 'this account may not read it', next: 'Allow it with chmod, or copy the file.' },
  ELOOP: { why: 'it is a link that leads to itself', next: 'Give the file itself.' },
  ENAMETOOLONG: { why: 'its name is too long', next: 'Give a shorter path.' },
};

/** A node that was recorded earlier, its recording at hand as text. */
export function recordedText(text: string): RecordedHost {
  return { kind: 'recorded', read: async () => ({ ok: true, text }), close: async () => {} };
}

async function readRecording(path: string): Promise<Reading> {
  // Without O_NONBLOCK a FIFO would hold the console until somebody writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const about = await file.stat();
    if (!about.isFile())
      return refuse('The recording is no regular file.', 'Choose a file made by Swarmkeep.');
    if (about.size > MAX_RECORDING_BYTES) {
      return refuse('The recording is larger than 64 MB.', 'Choose a file made by Swarmkeep.');
    }
    return { ok: true, text: await file.readFile('utf8') };
  } finally {
    await file.close();
  }
}

/**
 * A node that was recorded earlier to a file. Only a regular file of at most 64 MB is read.
 * @param path file written by `facts --record`
 */
export function recordedFile(path: string): RecordedHost {
  return {
    kind: 'recorded',
    read: () =>
      readRecording(path).catch(({ code }: NodeJS.ErrnoException) => {
        const { why, next } = WHY_UNREAD[code ?? ''] ?? {
          why: `this computer could not read it (${code ?? 'unknown reason'})`,
          next: 'Check the file and the disk that it lies on.',
        };
        return refuse(`The recording ${path} could not be read: ${why}.`, `Nothing was changed. ${next}`);
      }),
    close: async () => {},
  };
}
