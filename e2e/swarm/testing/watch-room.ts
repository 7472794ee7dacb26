import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SwarmRoom } from './swarm-room.ts';

/** What was to be seen from outside while something ran. */
export interface Seen {
  /** Every argument vector and environment of every process that a look at /proc met, each once. */
  processes: Buffer;
  /** Every frame on the bridge of the room. */
  frames: Buffer;
}

const SAMPLE = `
import os, sys, time
seen = set()
out = open(sys.argv[1], "ab")
while True:
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or int(pid) == os.getpid(): continue
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file: text = file.read()
            except OSError: continue
            if hash(text) in seen: continue
            seen.add(hash(text))
            out.write(text + b"\\n"); out.flush()
    time.sleep(0.05)
`;

const CAPTURE = `
import socket, sys
taken = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
# SO_RCVBUFFORCE of socket(7): a busy machine must not lose frames here.
taken.setsockopt(socket.SOL_SOCKET, 33, 128 * 1024 * 1024)
out = open(sys.argv[1], "ab")
print("ready", flush=True)
while True:
    out.write(taken.recv(65536)); out.flush()
`;

let count = 0;

/** Watches processes of this machine and packets of the room, until it is stopped. */
export function watchRoom(room: SwarmRoom): { stop(): Promise<Seen> } {
  count += 1;
  const [processes, frames] = [`processes-${count}`, `frames-${count}`].map((name) =>
    join(room.folder, name),
  );
  if (processes === undefined || frames === undefined) throw new Error('no files');
  const [enter = '', ...rest] = room.inRoom;
  const python = (script: string, file: string) => ['/usr/bin/python3', '-S', '-c', script, file] as const;
  const children = [
    spawn('/usr/bin/python3', python(SAMPLE, processes).slice(1), { stdio: 'ignore' }),
    spawn(enter, [...rest, ...python(CAPTURE, frames)], { stdio: 'ignore' }),
  ];
  return {
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          const gone = once(child, 'exit');
          child.kill('SIGTERM');
          await gone;
        }),
      );
      return { processes: readFileSync(processes), frames: readFileSync(frames) };
    },
  };
}

/** Every plain file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
