import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a test of a real key ring needs, and this machine lacks; empty when nothing. */
export function keyRingLacks(): string[] {
  const needed = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'secret-tool'];
  return process.platform === 'linux' ? needed.filter((name) => !existsSync(`/usr/bin/${name}`)) : ['Linux'];
}

/** A session bus of its own with a gnome-keyring of its own, in a home of its own. */
export interface KeyRing {
  environment: NodeJS.ProcessEnv;
  /** Ends bus and key ring, and removes the home. */
  close(): Promise<void>;
}

/** @param kind `password`: a key ring as a desktop has it; `clear`: one without a password; `none`: nobody ever made one */
export async function startKeyRing(kind: 'password' | 'clear' | 'none'): Promise<KeyRing> {
  const home = mkdtempSync(join(tmpdir(), 'key-ring-'));
  const rings = join(home, '.local', 'share', 'keyrings');
  mkdirSync(rings, { recursive: true, mode: 0o700 });
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  if (kind === 'clear') {
    // The form that gnome-keyring writes for a key ring with an empty password.
    const text = '[keyring]\ndisplay-name=Login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n';
    writeFileSync(join(rings, 'plain.keyring'), text, { mode: 0o600 });
    writeFileSync(join(rings, 'default'), 'plain', { mode: 0o600 });
  }
  const base = { PATH: '/usr/bin:/bin', HOME: home, XDG_RUNTIME_DIR: runtime };
  const bus = spawn('/usr/bin/dbus-daemon', ['--session', '--nofork', '--print-address'], {
    env: base,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const [line] = (await once(bus.stdout, 'data')) as [Buffer];
  const environment = { ...base, DBUS_SESSION_BUS_ADDRESS: line.toString().trim() };
  const unlock = kind === 'password' ? ['--unlock'] : [];
  const ring = spawn('/usr/bin/gnome-keyring-daemon', ['--foreground', '--components=secrets', ...unlock], {
    env: environment,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  ring.stdin.on('error', () => undefined);
  ring.stdin.end(kind === 'password' ? 'the password of a test' : '');
  async function close(): Promise<void> {
    for (const child of [ring, bus]) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      const ended = once(child, 'exit');
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
    rmSync(home, { recursive: true, force: true });
  }
  for (let turn = 0; !answers(environment); turn += 1) {
    if (turn === 100) {
      await close();
      throw new Error('The key ring of the test did not start');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { environment, close };
}

/** Without asking for the service itself, which would start another one. */
function answers(environment: NodeJS.ProcessEnv): boolean {
  const words = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
  const asked = ['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'];
  const said = spawnSync('/usr/bin/dbus-send', [...words, ...asked], {
    env: environment,
    timeout: 5_000,
    encoding: 'utf8',
  });
  return said.stdout.includes('boolean true');
}
