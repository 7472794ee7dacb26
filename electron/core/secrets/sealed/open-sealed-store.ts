import { createSealedCore, type SealedOptions } from './sealed-core.ts';
import type { SealedDesk } from './sealed-desk.ts';
import { sealedKeys } from './sealed-keys.ts';
import { sealedSecrets } from './sealed-secrets.ts';

/**
 * Opens the sealed store of a data folder; what is wrong with it is a state, not an error. Nobody is asked for a key before
 * something is wanted of it.
 */
export async function openSealedStore(options: SealedOptions): Promise<SealedDesk> {
  const core = await createSealedCore(options);
  return {
    state: core.state,
    onState: core.onState,
    hold: () => core.holder.hold(),
    ...sealedSecrets(core),
    ...sealedKeys(core),
    close: core.close,
  };
}
