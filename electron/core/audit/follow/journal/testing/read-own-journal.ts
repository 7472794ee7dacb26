import { execFileSync } from 'node:child_process';
import { localHost } from '#core/hosts/local.ts';
import { formatOf } from '../../../formats/all-formats.ts';
import { Gather } from '../../testing/gather.ts';
import { JournalFollower } from '../journal-follower.ts';

/** Writes to the journald that runs beside it, follows that with the real journalctl, and prints what it saw as JSON. */
const SOCKET = '/run/systemd/journal/dev-log';
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

function write(program: string, message: string, { as = [] as string[], facility = 'auth' } = {}): void {
  const words = [...as, 'logger', '--socket', SOCKET, '-p', `${facility}.info`, '-t', program, message];
  execFileSync(words[0] ?? '', words.slice(1));
}

const follow = (position?: unknown): Gather =>
  new Gather(new JournalFollower({ host: localHost(), unit: 'auth', position }));

const first = follow();
await first.until(({ follower }) => follower.status().state === 'live', 30_000);
write('sshd', 'Accepted password for ines from 192.168.1.5 port 5 ssh2');
write('x', 'of another facility', { facility: 'daemon' });
write('sshd', 'Accepted password for root from 192.168.1.66 port 6 ssh2', { as: NOBODY });
await first.until(({ lines }) => lines.length === 2, 30_000);
const position = await first.stop();
write('sudo', 'while nobody looked');
const second = follow(position);
await second.until(({ lines }) => lines.length === 1, 30_000);
write('sudo', `long ${'x'.repeat(800)} \u001b[31m`);
await second.until(({ lines }) => lines.length === 2, 30_000);
await second.stop();
const parser = formatOf('journal-json').createParser();
const context = { receivedAt: Date.now(), utcOffsetMinutes: 0 };
const seen = [...first.texts, ...second.texts].flatMap((text) => parser.parse(text, context));
process.stdout.write(JSON.stringify({ seen, gaps: [...first.gaps, ...second.gaps] }));
