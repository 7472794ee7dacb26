import { type ConsentGate, ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { SealedDesk } from './sealed-desk.ts';
import type { SealedFailure, SealedResult } from './sealed-store.ts';

/** How the store is handled from a page or a command. Nothing of a passphrase or a sheet is kept, logged or given back. */
export function sealedGroup(desk: SealedDesk, consent: ConsentGate): NonNullable<ConsoleService['sealed']> {
  return {
    state: async () => desk.state(),
    async desktop() {
      const verdict = await desk.desktopKeeper();
      return verdict.real ? { real: true, why: '' } : verdict;
    },
    setUp: async (wish) => orThrow(await desk.setUp(wish)),
    async unlock(proof) {
      if (proof.kind === 'consent') throw notByConsent();
      orThrow(await desk.unlock(proof));
      return desk.state();
    },
    async lock() {
      await desk.lock();
      return desk.state();
    },
    async changeKey({ proof, wish }) {
      if (proof.kind === 'consent')
        await agree(consent, 'Put the key of the secrets of Swarmkeep elsewhere?');
      orThrow(await desk.changeKey(proof, wish));
      return desk.state();
    },
    async newSheet({ proof }) {
      if (proof.kind === 'consent')
        await agree(consent, 'Show a new recovery sheet for the secrets of Swarmkeep?');
      return orThrow(await desk.newSheet(proof));
    },
    async confirmSheet({ groups }) {
      orThrow(await desk.confirmSheet(groups));
      return desk.state();
    },
  };
}

function orThrow<T>(result: SealedResult<T>): T {
  if (result.ok) return result.value;
  throw asConsoleError(result.failure);
}

/** @returns the failure as the contract has it */
export function asConsoleError({ kind, message, untouched, next }: SealedFailure): ConsoleError {
  const ofRecords = kind === 'damaged' || kind === 'full' || kind === 'failed' || kind === 'newer';
  return new ConsoleError(ofRecords ? 'STORE_UNAVAILABLE' : 'NOT_ALLOWED', message, { untouched, next });
}

async function agree(consent: ConsentGate, title: string): Promise<void> {
  const lines = [
    'Whoever has the recovery sheet and the files of this console can read the secrets in them.',
    'The sheet that was printed before opens nothing once there is a new one.',
  ];
  if (await consent.ask({ title, lines }).catch(() => false)) return;
  throw new ConsoleError('CONSENT_REFUSED', 'Consent was not given. Nothing was changed.', {
    untouched: 'Nothing was changed.',
    next: 'Order it again and agree in the window or terminal that asks.',
  });
}

function notByConsent(): ConsoleError {
  return new ConsoleError('NOT_ALLOWED', 'This is opened by the passphrase or the sheet.', {
    untouched: 'Nothing was changed.',
    next: 'Type one of them.',
  });
}
