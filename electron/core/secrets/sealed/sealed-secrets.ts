import { SEALED_BYTES, sealedName } from '#shared/domain/sealed/sealed-state.ts';
import { makeBox, openBox } from './box.ts';
import { damagedFile, done, failed } from './failures.ts';
import type { SealedCore } from './sealed-core.ts';
import type { SealedStore } from './sealed-store.ts';

/** @returns the half of the store that keeps secrets */
export function sealedSecrets(core: SealedCore): Pick<SealedStore, 'seal' | 'open' | 'destroy' | 'list'> {
  const { clock } = core.options;
  return {
    seal: (name, bytes) =>
      core.inTurn(async () => {
        if (!sealedName.safeParse(name).success || bytes.length > SEALED_BYTES) return unfit();
        const at = await core.opened();
        if (!at.ok) return at;
        const { body, key } = at.value;
        const sealedAt = clock.now().toISOString();
        const box = makeBox(key, aboutSecret(body.id, name, sealedAt), bytes);
        const secrets = { ...body.secrets, [name]: { sealedAt, bytes: bytes.length, box } };
        const kept = await core.keep({ ...body, secrets });
        if (kept.ok) core.changed();
        return kept;
      }),
    open: (name) =>
      core.inTurn<Buffer | null>(async () => {
        const at = await core.opened();
        if (!at.ok) return at;
        const { body, key } = at.value;
        const entry = Object.hasOwn(body.secrets, name) ? body.secrets[name] : undefined;
        if (entry === undefined) return done(null);
        const bytes = openBox(key, aboutSecret(body.id, name, entry.sealedAt), entry.box);
        if (bytes !== null) return done(bytes);
        return damagedFile(core.file, 'one of its secrets does not open with its key');
      }),
    destroy: (name) =>
      core.inTurn(async () => {
        const body = core.present();
        if (!body.ok) return body;
        if (!Object.hasOwn(body.value.secrets, name)) return done(false);
        const { [name]: _, ...secrets } = body.value.secrets;
        const kept = await core.keep({ ...body.value, secrets });
        if (kept.ok) core.changed();
        return kept.ok ? done(true) : kept;
      }),
    list: () =>
      core.inTurn(async () => {
        const body = core.present();
        if (!body.ok) return body;
        const entries = Object.entries(body.value.secrets);
        entries.sort(([a], [b]) => (a < b ? -1 : 1));
        return done(entries.map(([name, { sealedAt, bytes }]) => ({ name, sealedAt, bytes })));
      }),
  };
}

/** What a box is about: one that is put under another name, into another store or in place of a later one does not open. */
const aboutSecret = (id: string, name: string, sealedAt: string): string =>
  `swarmkeep-sealed 1 ${id} secret ${sealedAt} ${name}`;

function unfit() {
  return failed(
    'unfit',
    'This cannot be sealed: its name or its size is not allowed.',
    'This is a mistake of Swarmkeep. Please report it.',
  );
}
