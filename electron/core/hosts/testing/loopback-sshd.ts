import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/** For tests: a real sshd of our own on loopback, with accounts that exist as long as it does. Needs root. */
export interface LoopbackSshd {
  port: number;
  /** Folder of everything here; also usable as a console's data folder. */
  folder: string;
  /** Private key that every account made here accepts. */
  identityFile: string;
  /** Line of known_hosts for the server's only host key. */
  hostKeyLine: string;
  /** Makes an account with a home, no password (`*`) and our key; removed by `close`. */
  addAccount(name: string): void;
  /** Lets `root` log in with our key. */
  allowRoot(): Promise<void>;
  /** How many commands were started over all connections so far: exec channels. */
  countCommands(): Promise<number>;
  /** Ends the processes that serve connections, as a network does that breaks. */
  cutConnections(): void;
  close(): Promise<void>;
}

/** Why a real sshd cannot be run here, or null. */
export function whyNoSshd(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to run an SSH server with accounts of its own';
  if (!existsSync('/usr/sbin/sshd')) return 'needs sshd (Debian package openssh-server)';
  return null;
}

/** A free TCP port on loopback. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Processes of sshd that descend from the server; never what a session started. */
function connectionsOf(server: number): number[] {
  const listing = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  const processes = listing
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const found = [server];
  for (const parent of found) {
    for (const [pid, ppid, name] of processes) {
      if (Number(ppid) === parent && name?.startsWith('sshd')) found.push(Number(pid));
    }
  }
  return found.slice(1);
}

async function waitForGreeting(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('data', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      setTimeout(() => socket.destroy(), 500).unref();
    });
    if (greeted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('sshd did not start');
}

/** @param extra further lines of sshd_config */
export async function startLoopbackSshd(extra: readonly string[] = []): Promise<LoopbackSshd> {
  const folder = await mkdtemp('/tmp/swarmkeep-sshd-');
  await chmod(folder, 0o755);
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const keys = join(folder, 'keys');
  await mkdir(keys);
  await mkdir(join(folder, 'root'));
  const hostKey = join(folder, 'host_key');
  const identityFile = join(folder, 'identity');
  for (const path of [hostKey, identityFile]) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  }
  const publicKey = await readFile(`${identityFile}.pub`, 'utf8');
  const port = await freePort();
  const log = join(folder, 'log');
  const config = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${keys}/%u`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'PidFile none',
    'LogLevel VERBOSE',
    ...extra,
    // A shell that sshd starts for root reads root's own start-up files, and these may do anything, and take seconds.
    'Match User root',
    `SetEnv HOME=${folder}/root`,
  ];
  await writeFile(join(folder, 'sshd_config'), `${config.join('\n')}\n`);
  const server: ChildProcess = spawn('/usr/sbin/sshd', ['-D', '-f', join(folder, 'sshd_config'), '-E', log], {
    stdio: 'ignore',
  });
  await waitForGreeting(port);
  const accounts: string[] = [];
  const [type, blob] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ');
  return {
    port,
    folder,
    identityFile,
    hostKeyLine: `[127.0.0.1]:${port} ${type} ${blob}`,
    addAccount(name) {
      execFileSync('useradd', ['-m', '-s', '/bin/sh', '-p', '*', name]);
      accounts.push(name);
      execFileSync('install', ['-m', '644', `${identityFile}.pub`, join(keys, name)]);
    },
    allowRoot: () => writeFile(join(keys, 'root'), publicKey, { mode: 0o644 }),
    async countCommands() {
      const text = await readFile(log, 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line.includes('Starting session:')).length;
    },
    cutConnections() {
      for (const pid of connectionsOf(server.pid ?? -1)) process.kill(pid, 'SIGKILL');
    },
    async close() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await gone;
      for (const name of accounts) {
        try {
          execFileSync('userdel', ['-r', '-f', name], { stdio: 'ignore' });
        } catch {
          // userdel warns by its status about a missing mail spool; the account itself is gone
        }
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
