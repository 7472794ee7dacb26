import type { IdentityFacts } from '#shared/domain/facts/machine.ts';

type Hardware = NonNullable<IdentityFacts['hardware']>;

/** It only decorates the Nodes page: better without it than late. */
const LIMIT_MS = 1_500;

function join(...words: (string | undefined)[]): string {
  return words
    .filter((word) => word !== undefined && word.trim() !== '' && word.trim() !== '-')
    .join(' ')
    .slice(0, 256);
}

/** The answer does not change while this process runs. */
let asked: Promise<Hardware | null> | undefined;

async function ask(): Promise<Hardware | null> {
  // Loaded on demand: a console that looks at SSH nodes only never needs it.
  const { cpu, mem, system } = await import('systeminformation');
  const [machine, processor, memory] = await Promise.all([system(), cpu(), mem()]);
  if (!(memory.total > 0) || !(processor.cores > 0)) return null;
  return {
    model: join(machine.manufacturer, machine.model),
    cpu: join(processor.manufacturer, processor.brand),
    cores: processor.cores,
    memoryBytes: memory.total,
  };
}

/**
 * What this computer is made of, by systeminformation: it knows boards, laptops and virtual machines by many more ways
 * than procfs alone. Everything that a check judges is read from the kernel directly.
 * @returns null when it did not know, failed, or took longer than 1.5 s
 */
export function localHardware(): Promise<Hardware | null> {
  asked ??= ask().catch(() => null);
  const late = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), LIMIT_MS).unref();
  });
  return Promise.race([asked, late]);
}
