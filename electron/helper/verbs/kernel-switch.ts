import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { explainSwitch } from './kernel-switch-words.ts';
import { anyVerb } from './verb.ts';

const before = z.strictObject({ name: z.string().max(64), value: z.string().regex(/^-?\d{1,20}$/) });
const left = z.strictObject({ value: z.string().max(32) });

/** sysctl(8): dots of the name are folders below /proc/sys (proc(5)). The names come from a fixed list of the protocol. */
const fileOf = (name: string) => `/proc/sys/${name.replaceAll('.', '/')}`;

function read(name: string): string {
  try {
    return readFileSync(fileOf(name), 'utf8').trim();
  } catch (thrown) {
    throw explainSwitch(thrown, name);
  }
}

function write(name: string, value: string): void {
  try {
    writeFileSync(fileOf(name), `${value}\n`, { flag: 'r+' });
  } catch (thrown) {
    throw explainSwitch(thrown, name);
  }
}

/** A switch of the kernel, now (`set-kernel-switch` of the protocol). */
export const setKernelSwitch = anyVerb<'set-kernel-switch', z.infer<typeof before>, z.infer<typeof left>>({
  verb: 'set-kernel-switch',
  before,
  left,
  untilBoot: true,
  target: (action) => action.name,
  look: ({ name }) => ({ name, value: read(name) }),
  perform: ({ value }, kept, { machine }) => {
    const already = kept.value === String(value);
    if (!already) write(kept.name, String(value));
    machine.pause?.('switched');
    return { left: { value: read(kept.name) }, already, notUndone: null, output: '' };
  },
  differences: (kept, leftThere) => {
    const now = read(kept.name);
    if (leftThere === null || now === kept.value || now === leftThere.value) return [];
    return [{ path: kept.name, what: 'state', left: leftThere.value, now }];
  },
  takeBack: (kept) => {
    if (read(kept.name) !== kept.value) write(kept.name, kept.value);
    return `${kept.name} is ${kept.value} again.`;
  },
});
