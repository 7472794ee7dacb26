import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Guest } from './guest.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
/** Where the built console lies on the guest, with the runtime of this machine. */
const PLACE = '/opt/console';

/**
 * A window of polkit without a desktop: pkttyagent(1) for one process, its terminal held by this script. It types the answers in
 * turn, the last one again and again; null kills the agent, as who ends the session does.
 */
const WINDOW = `
import json, os, pty, select, signal, sys, termios, time
answers, argv = json.loads(sys.argv[1]), sys.argv[2:]
wait_r, wait_w = os.pipe()
out_r, out_w = os.pipe()
console = os.fork()
if console == 0:
    os.close(wait_w); os.read(wait_r, 1)
    os.dup2(out_w, 1); os.dup2(out_w, 2); os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
    os.execvp(argv[0], argv)
os.close(out_w)
note_r, note_w = os.pipe()
agent, window = pty.fork()
if agent == 0:
    os.set_inheritable(note_w, True)
    os.execv('/usr/bin/pkttyagent', ['pkttyagent', '--process', str(console), '--notify-fd', str(note_w)])
os.close(note_w); os.read(note_r, 1)
os.close(wait_r); os.close(wait_w)
shown, said, at, watched = '', '', 0, {out_r, window}
while out_r in watched:
    for fd in select.select(list(watched), [], [])[0]:
        try: data = os.read(fd, 65536)
        except OSError: data = b''
        if not data: watched.discard(fd); continue
        if fd == out_r: said += data.decode(errors='replace'); continue
        shown += data.decode(errors='replace')
        while (asked := shown.find('Password: ', at)) >= 0:
            at = asked + 10
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if answer is None: os.kill(agent, signal.SIGTERM); continue
            # It throws away what was typed before it stops to show what is typed.
            while termios.tcgetattr(window)[3] & termios.ECHO: time.sleep(0.02)
            os.write(window, (answer + '\\n').encode())
status = os.waitstatus_to_exitcode(os.waitpid(console, 0)[1])
try: os.kill(agent, signal.SIGTERM)
except ProcessLookupError: pass
print(json.dumps({'status': status, 'said': said, 'shown': shown}))
`;

/** How a command of the console ended, what it said, and what the windows of polkit showed. */
export interface AtDesktop {
  status: number;
  said: string;
  shown: string;
  /** Actions that a password was asked for, in their order. */
  asked: string[];
}

/** Why the console cannot be put on a guest; null when it can. */
export function whyNoDesktop(): string | null {
  return existsSync(join(ROOT, 'dist/cli/main.js')) ? null : 'the console is not built (npm run build)';
}

/** The console on the node's own desktop: what somebody who sits at a node does. */
export class Desktop {
  readonly #guest: Guest;

  private constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Put the built console on a guest that has pkexec, and let the administrator allow changes with it. */
  static async at(guest: Guest): Promise<Desktop> {
    await guest.must(`mkdir -p ${PLACE}/node_modules`);
    await guest.copyIn(join(ROOT, 'dist'), PLACE);
    await guest.copyIn(join(ROOT, 'package.json'), PLACE);
    await guest.copyIn(join(ROOT, 'node_modules/better-sqlite3'), `${PLACE}/node_modules`);
    await guest.copyIn(process.execPath, PLACE);
    const run = `cd ${PLACE}; ./node dist/cli/main.js --data-dir /root/console`;
    await guest.must(
      `chmod -R a+rX ${PLACE}\n(${run} node add --local)\n(${run} allow --yes) 2>/dev/null`,
      400_000,
    );
    const desktop = new Desktop(guest);
    await desktop.run([null], 'node', 'add', '--local');
    return desktop;
  }

  /**
   * Run a command of the console as minotaur, in a session at the node's own seat (pam_systemd(8)).
   * @param answers passwords that are typed in turn; null: the window goes away instead
   */
  async run(answers: readonly (string | null)[], ...words: string[]): Promise<AtDesktop> {
    const session = '-E XDG_SEAT=seat0 -E XDG_SESSION_TYPE=wayland -E XDG_SESSION_CLASS=user -E DISPLAY=:0';
    const line = words.map((word) => `'${word}'`).join(' ');
    const said = await this.#guest.must(
      `cat > ${PLACE}/window.py <<'PY'\n${WINDOW}\nPY
systemd-run --quiet --wait --pipe --uid=minotaur -p PAMName=login -p WorkingDirectory=${PLACE} ${session} \
  python3 -IB window.py '${JSON.stringify(answers)}' ./node dist/cli/main.js --data-dir /home/minotaur/console ${line}`,
      600_000,
    );
    const end = JSON.parse(said) as Omit<AtDesktop, 'asked'>;
    const asked = [...end.shown.matchAll(/AUTHENTICATING FOR (\S+) /g)].map(([, action = '']) => action);
    return { ...end, asked };
  }
}
