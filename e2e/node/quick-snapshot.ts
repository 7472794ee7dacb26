import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Guest } from './guest.ts';
import { SNAPSHOT_PROGRAM, type Snapshot, STATE_COMMANDS, snapshotOfLines } from './snapshot.ts';

/** One process on the guest that tells again and again how it is; what it read once it reads again only when it was touched. */
export class QuickSnapshots {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(guest: Guest) {
    this.#child = spawn('ssh', [...guest.sshArguments(), 'exec python3 -IB -c "$(cat /root/snapshots.py)"'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('ssh has no pipes');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** Puts the program there. */
  static async on(guest: Guest): Promise<QuickSnapshots> {
    await guest.must(`cat > /root/snapshots.py <<'PY'\n${REPEATED}\nPY`);
    return new QuickSnapshots(guest);
  }

  async take(): Promise<Snapshot> {
    this.#child.stdin?.write('again\n');
    const lines: string[] = [];
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) throw new Error('the node tells no more how it is');
      if (line.value === 'END') return snapshotOfLines(lines);
      lines.push(line.value);
    }
  }

  close(): void {
    this.#child.kill();
  }
}

const REPEATED = `${SNAPSHOT_PROGRAM}
import subprocess, sys
for line in sys.stdin:
    asked = [(name, subprocess.Popen(['/bin/sh', '-c', '{ ' + command + '; } || true'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
             for name, command in json.loads(${JSON.stringify(JSON.stringify(STATE_COMMANDS))}).items()]
    for name, child in asked:
        print(json.dumps([name, {'is': child.communicate()[0].decode('utf-8', 'replace')}]))
    walk('/', os.lstat('/').st_dev)
    print('END', flush=True)
`;
