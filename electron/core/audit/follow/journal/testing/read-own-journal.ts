import { writeFileSync } from 'node:fs';
import { localHost } from '#core/hosts/local.ts';
import { formatOf } from '../../../formats/all-formats.ts';
import { Gather } from '../../testing/gather.ts';
import { JournalFollower } from '../journal-follower.ts';

/** Writes to the journald that runs beside it, follows that with the real journalctl, and prints what it saw as JSON. */
const SOCKET = '/run/systemd/journal/dev-log';
const host = localHost();

/** Texts are constant and without quotes but for an escape of terminals. */
async function write(program: string, message: string, facility = 'auth', as = ''): Promise<void> {
  const script = `${as}logger --socket ${SOCKET} -p ${facility}.info -t ${program} '${message}' </dev/null\nexit $?\n`;
  const onOutput = (): void => undefined;
  const run = { script, sudo: false, timeoutMs: 30_000, maxStdoutBytes: 65_536, onOutput };
  const result = await host.run(run);
  if (!result.ok || result.end.exitCode !== 0) throw new Error(`logger failed: ${JSON.stringify(result)}`);
}
const NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups ';

/**
 * Writes as nobody from what journald takes for the real sshd: a namespace of its own, with another file in that one's place. It lives until
 * it was read, for else journald may come too late to look.
 */
async function writeInPlaceOfSshd(message: string, until: () => Promise<void>): Promise<void> {
  const inPlace = `mount --bind "$(command -v logger)" /usr/sbin/sshd && exec ${NOBODY}sh -c "{ echo '${message}'; n=0; while [ ! -e /run/was-read ] && [ \\$n -lt 250 ]; do sleep 0.1; n=\\$((n+1)); done; } | /usr/sbin/sshd --socket ${SOCKET} -p auth.info -t sshd"`;
  const script = `unshare -m --propagation private sh -c '${inPlace.replaceAll("'", `'\\''`)}' </dev/null\nexit $?\n`;
  const onOutput = (): void => undefined;
  const written = host.run({ script, sudo: false, timeoutMs: 30_000, maxStdoutBytes: 65_536, onOutput });
  await until();
  writeFileSync('/run/was-read', '');
  const result = await written;
  if (!result.ok || result.end.exitCode !== 0) throw new Error(`logger failed: ${JSON.stringify(result)}`);
}

const follow = (position?: unknown): Gather =>
  new Gather(new JournalFollower({ host, unit: 'auth', position }));

const first = follow();
await first.until(({ follower }) => follower.status().state === 'live', 30_000);
await write('sshd', 'Accepted password for ines from 192.168.1.5 port 5 ssh2');
await write('x', 'of another facility', 'daemon');
await write('sshd', 'Accepted password for root from 192.168.1.66 port 6 ssh2', 'auth', NOBODY);
await first.until(({ lines }) => lines.length === 2, 30_000);
const position = await first.stop();
await write('sudo', 'while nobody looked');
const second = follow(position);
await second.until(({ lines }) => lines.length === 1, 30_000);
await write('sudo', `long ${'x'.repeat(800)} \u001b[31m`);
await second.until(({ lines }) => lines.length === 2, 30_000);
await writeInPlaceOfSshd('Accepted password for root from 192.168.1.67 port 7 ssh2', () =>
  second.until(({ lines }) => lines.length === 3, 30_000),
);
await second.stop();
const parser = formatOf('journal-json').createParser();
const context = { receivedAt: Date.now(), utcOffsetMinutes: 0 };
const seen = [...first.texts, ...second.texts].flatMap((text) => parser.parse(text, context));
process.stdout.write(JSON.stringify({ seen, gaps: [...first.gaps, ...second.gaps] }));
