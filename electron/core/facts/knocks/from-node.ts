import { z } from 'zod';
import type { ScriptHost } from '#core/hosts/host.ts';
import type { KnockTarget } from '#core/hosts/knock.ts';
import { type Knock, knockOutcome } from '#shared/domain/facts/knocks.ts';
import { addressFamilyOf } from '../script/addresses.ts';
import { PRELUDE } from '../script/prelude.ts';

/** Seconds for all knocks of a node together, on a machine that is not known to be slow. */
const SECONDS = 5;
const MAX_TARGETS = 1_024;

/**
 * Begins all connections at once, waits a second for their answers, and closes them. Only the system's own Python in isolated mode: no
 * folder of a user is on its path. Addresses and ports are arguments: they are no secret.
 */
const PROGRAM = `import sys,socket,select,errno,time
seconds=int(sys.argv[1])
def say(at,what,s):
 try: own=s.getsockname()[0]
 except OSError: own="-"
 print(at,what,own.split("%")[0],flush=True);s.close()
def name(code): return "open" if code==0 else "refused" if code==errno.ECONNREFUSED else "no-answer" if code==errno.ETIMEDOUT else "unreachable"
p=select.poll();by={}
for at,target in enumerate(sys.argv[2:]):
 a,port=target.rsplit(",",1)
 try:
  s=socket.socket(socket.AF_INET6 if ":" in a else socket.AF_INET,socket.SOCK_STREAM);s.setblocking(False)
  code=s.connect_ex((a,int(port)))
 except OSError:
  print(at,"unreachable","-",flush=True);continue
 if code in (errno.EINPROGRESS,errno.EAGAIN): by[s.fileno()]=(at,s);p.register(s,select.POLLOUT)
 else: say(at,name(code),s)
end=time.monotonic()+seconds
while by and time.monotonic()<end:
 for fd,_ in p.poll(max(0,(end-time.monotonic())*1000)):
  at,s=by.pop(fd);p.unregister(fd);say(at,name(s.getsockopt(socket.SOL_SOCKET,socket.SO_ERROR)),s)
for at,s in by.values(): say(at,"no-answer",s)
print("end",flush=True)`;

const line = z
  .string()
  .max(128)
  .regex(/^\d{1,4} [a-z-]{4,11} [0-9A-Fa-f.:-]{1,45}$/)
  .transform((text) => text.split(' ') as [string, string, string])
  .pipe(z.tuple([z.coerce.number<string>().int().max(MAX_TARGETS), knockOutcome, z.string()]));

/** The script that a node runs. @param targets addresses that are none are left out by the caller */
export function knockScript(targets: readonly KnockTarget[]): string {
  const words = targets.map(({ address, port }) => `${address},${port}`).join(' ');
  return `${PRELUDE}
if [ ! -x /usr/bin/python3 ]; then echo absent; exit 0; fi
PROGRAM='${PROGRAM}'
limited $((${SECONDS} - 2)) /usr/bin/python3 -I -S -c "$PROGRAM" "$((1 * \${patience:-1}))" ${words} </dev/null 2>/dev/null
`;
}

/**
 * What a node answered: hostile, so of each target the first answer counts, and of those it did not name nothing is known.
 * @returns null when it did not come to its end
 */
export function readKnocks(text: string, targets: readonly KnockTarget[]): Knock[] | null {
  const lines = text.split('\n', MAX_TARGETS + 8).map((one) => one.trim());
  if (!lines.includes('end')) return null;
  const made = new Map<number, Knock>();
  for (const one of lines) {
    const read = line.safeParse(one);
    const target = read.success ? targets[read.data[0]] : undefined;
    if (!read.success || target === undefined || made.has(read.data[0])) continue;
    const [at, outcome, from] = read.data;
    made.set(at, { ...target, outcome, from: addressFamilyOf(from) === 0 ? null : from });
  }
  return [...made.values()];
}

/**
 * Has a node knock on others, in one round trip.
 * @returns what became of each, or why nothing is known
 */
export async function knockFrom(
  host: ScriptHost,
  targets: readonly KnockTarget[],
  options: { patience?: number | undefined; signal?: AbortSignal | undefined } = {},
): Promise<{ knocks: Knock[]; why: string | null }> {
  const asked = targets.filter(({ address }) => addressFamilyOf(address) !== 0).slice(0, MAX_TARGETS);
  const patience = Math.max(1, Math.round(options.patience ?? 1));
  let text = '';
  const result = await host.run({
    script: `patience=${patience}\n${knockScript(asked)}`,
    sudo: false,
    timeoutMs: SECONDS * 1_000 * patience,
    maxStdoutBytes: 128 * MAX_TARGETS,
    signal: options.signal,
    onOutput: (chunk) => {
      text += chunk.toString('latin1');
    },
  });
  if (!result.ok) return { knocks: [], why: result.error.message };
  if (text.trim() === 'absent')
    return { knocks: [], why: 'there is no Python of the system, with which it could knock' };
  const knocks = readKnocks(text, asked);
  if (knocks === null) return { knocks: [], why: 'its answer broke off' };
  return { knocks, why: null };
}
