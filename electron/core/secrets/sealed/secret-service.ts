import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { runProcess } from '#core/hosts/run-process.ts';
import { KEY_BYTES } from './box.ts';
import type { KeeperVerdict, KeyKeeper } from './key-keeper.ts';
import { foundInClear } from './keyring-files.ts';

/** Nobody answers questions that a key ring asks in a window of its own here: after this many milliseconds it counts as locked. */
const PATIENCE_MS = 6_000;
const SECRET_TOOL = '/usr/bin/secret-tool';
const DBUS_SEND = '/usr/bin/dbus-send';
/** Base64 of KEY_BYTES bytes. */
const KEY_TEXT = /^[A-Za-z0-9+/]{43}=$/;

/** Where a key ring is looked for. */
export interface DesktopSession {
  /** As in the environment: DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, HOME, XDG_DATA_HOME. */
  environment: NodeJS.ProcessEnv;
  secretTool?: string;
  dbusSend?: string;
}

/**
 * The Secret Service of a desktop (specifications.freedesktop.org/secret-service), through secret-tool(1): its arguments name the entry, the key
 * goes over standard input.
 * @returns null where there is no session bus or no secret-tool
 */
export function secretService(session: DesktopSession): KeyKeeper | null {
  const { secretTool = SECRET_TOOL, dbusSend = DBUS_SEND } = session;
  const environment = cleanEnvironment(session.environment);
  if (environment.DBUS_SESSION_BUS_ADDRESS === undefined || !existsSync(secretTool)) return null;
  const entry = (id: string): string[] => ['application', 'swarmkeep', 'sealed-store', id];
  const tool = (words: readonly string[], input = '') => run(secretTool, words, environment, input);

  const keeper: KeyKeeper = {
    async verdict(): Promise<KeeperVerdict> {
      const ring = await run(dbusSend, READ_DEFAULT, environment, '');
      if (ring.how !== 'ended') return { real: false, why: 'the key ring does not answer.' };
      const collection = /object path "([^"]*)"/.exec(ring.output)?.[1] ?? '/';
      if (ring.exitCode !== 0) return { real: false, why: 'no key ring runs in this session.' };
      if (collection === '/') return { real: false, why: 'there is no key ring of your own in it yet.' };
      if (collection.endsWith('/session'))
        return { real: false, why: 'it keeps keys in memory only, until you log out.' };
      return tryOut(keeper, environment);
    },
    async keep(id, key) {
      const label = 'Swarmkeep: key of the sealed store';
      const text = Buffer.from(key).toString('base64');
      const kept = await tool(['store', `--label=${label}`, ...entry(id)], text);
      return kept.how === 'ended' && kept.exitCode === 0;
    },
    async read(id) {
      const read = await tool(['lookup', ...entry(id)]);
      if (read.how !== 'ended')
        return 'it did not answer; it may be locked, and ask for its password in a window.';
      const text = read.output.trim();
      // secret-tool(1) says with status 1 and no word that there is no such entry.
      if (read.exitCode !== 0) return read.complaint.trim() === '' ? null : 'it cannot be reached.';
      if (!KEY_TEXT.test(text)) return 'it gave something that is no key.';
      const key = Buffer.allocUnsafeSlow(KEY_BYTES);
      key.write(text, 'base64');
      return key;
    },
    async forget(id) {
      await tool(['clear', ...entry(id)]);
    },
  };
  return keeper;
}

const READ_DEFAULT = [
  '--session',
  '--print-reply',
  '--dest=org.freedesktop.secrets',
  '/org/freedesktop/secrets',
  'org.freedesktop.Secret.Service.ReadAlias',
  'string:default',
];

/** Keeps a random key, reads it back with another program run, and looks for it on the disk. */
async function tryOut(keeper: KeyKeeper, environment: NodeJS.ProcessEnv): Promise<KeeperVerdict> {
  const id = `probe-${randomBytes(6).toString('hex')}`;
  const key = randomBytes(KEY_BYTES);
  try {
    if (!(await keeper.keep(id, key)))
      return { real: false, why: 'it takes nothing; it may be locked and ask for its password in a window.' };
    const read = await keeper.read(id);
    if (!Buffer.isBuffer(read) || !read.equals(key))
      return { real: false, why: 'it does not give back what it was given.' };
    const file = await foundInClear(environment, key);
    if (file !== null) return { real: false, why: `it keeps keys in clear, in ${file}.` };
    return { real: true };
  } finally {
    await keeper.forget(id);
  }
}

interface Ran {
  how: 'ended' | 'timed-out' | 'cancelled' | 'not-started';
  exitCode: number | null;
  output: string;
  complaint: string;
}

async function run(
  program: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  input: string,
): Promise<Ran> {
  const parts: Buffer[] = [];
  const end = await runProcess({
    program,
    arguments: words,
    environment,
    script: input,
    endInput: true,
    timeoutMs: PATIENCE_MS,
    maxStdoutBytes: 4_096,
    onOutput: (part) => void parts.push(part),
  });
  const output = Buffer.concat(parts).toString('utf8');
  if (end.how === 'not-started') return { how: 'not-started', exitCode: null, output: '', complaint: '' };
  return { how: end.how, exitCode: end.end.exitCode, output, complaint: end.end.stderr };
}

/** Only what is needed to find the session: nothing of a shell or a virtual environment. */
function cleanEnvironment(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, HOME, XDG_DATA_HOME, DISPLAY, WAYLAND_DISPLAY } = given;
  const bus =
    DBUS_SESSION_BUS_ADDRESS ??
    (XDG_RUNTIME_DIR && existsSync(`${XDG_RUNTIME_DIR}/bus`)
      ? `unix:path=${XDG_RUNTIME_DIR}/bus`
      : undefined);
  const named = {
    DBUS_SESSION_BUS_ADDRESS: bus,
    XDG_RUNTIME_DIR,
    HOME,
    XDG_DATA_HOME,
    DISPLAY,
    WAYLAND_DISPLAY,
  };
  const set = Object.entries(named).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(set), PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
}
