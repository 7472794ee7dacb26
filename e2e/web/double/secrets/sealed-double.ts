import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';

/** The passphrase of every sealed store of the double. */
export const DOUBLE_PASSPHRASE = 'lamp river granite owl seven';

/** A sheet that opens nothing. */
const GROUPS = '7K2QM 0ZX4T H9RBE WC3NA 5VJ8P G6DY1 T0FSK M4XQ7 E2HZB R9CWN A3VPJ 8G6DY K1TF0 S5MX4'.split(
  ' ',
);

export interface SealedParts {
  is: SealedState['is'];
  keyPlace?: SealedState['keyPlace'];
  /** Whether the key ring of the desktop could keep the key. */
  desktop?: boolean;
  answer<T>(work: () => T): Promise<T>;
  now(): number;
  changed(): void;
}

/** A sealed store that keeps nothing: it knows one passphrase and one sheet. */
export class SealedDouble {
  readonly #parts: SealedParts;
  state: SealedState;

  constructor(parts: SealedParts) {
    this.#parts = parts;
    const there = parts.is !== 'not-set-up';
    const at = (days: number): string => new Date(parts.now() - days * 86_400_000).toISOString();
    this.state = {
      is: parts.is,
      keyPlace: there ? (parts.keyPlace ?? 'passphrase') : null,
      setUpAt: there ? at(41) : null,
      sheetConfirmedAt: there ? at(41) : null,
      sheetMadeAt: there ? at(41) : null,
      secrets: there ? 1 : 0,
      locksAt: parts.is === 'open' ? at(-0.01) : null,
      why: parts.is === 'damaged' ? 'The sealed store cannot be used: it was cut off or overwritten.' : null,
    };
  }

  readonly group: NonNullable<ConsoleService['sealed']> = {
    state: () => this.#parts.answer(() => this.state),
    desktop: () =>
      this.#parts.answer(() =>
        this.#parts.desktop === true
          ? { real: true, why: '' }
          : { real: false, why: 'There is no desktop session here.' },
      ),
    setUp: (wish) =>
      this.#parts.answer(() => {
        this.#become({
          is: 'open',
          keyPlace: wish.keyPlace,
          setUpAt: this.#iso(),
          sheetMadeAt: this.#iso(),
          locksAt: new Date(this.#parts.now() + 900_000).toISOString(),
        });
        return this.#sheet();
      }),
    unlock: (proof) =>
      this.#parts.answer(() => {
        this.#require(proof);
        this.#become({ is: 'open', locksAt: new Date(this.#parts.now() + 900_000).toISOString() });
        return this.state;
      }),
    lock: () =>
      this.#parts.answer(() => {
        this.#become({ is: 'locked', locksAt: null });
        return this.state;
      }),
    changeKey: ({ proof, wish }) =>
      this.#parts.answer(() => {
        this.#require(proof);
        this.#become({ keyPlace: wish.keyPlace });
        return this.state;
      }),
    newSheet: ({ proof }) =>
      this.#parts.answer(() => {
        this.#require(proof);
        this.#become({ sheetMadeAt: this.#iso(), sheetConfirmedAt: null });
        return this.#sheet();
      }),
    confirmSheet: ({ groups }) =>
      this.#parts.answer(() => {
        if (groups[0]?.toUpperCase() !== GROUPS[3] || groups[1]?.toUpperCase() !== GROUPS[10])
          throw new ConsoleError('NOT_ALLOWED', 'That is not group 4 of the sheet.', {
            next: 'Read it from the paper again.',
          });
        this.#become({ sheetConfirmedAt: this.#iso() });
        return this.state;
      }),
  };

  #sheet() {
    return { groups: GROUPS, asked: [4, 11], madeAt: this.#iso(), store: 'pX3f0q' };
  }

  #iso(): string {
    return new Date(this.#parts.now()).toISOString();
  }

  #become(change: Partial<SealedState>): void {
    this.state = { ...this.state, ...change };
    this.#parts.changed();
  }

  #require(proof: { kind: string; passphrase?: string; sheet?: string }): void {
    const right =
      proof.kind === 'consent' ||
      proof.passphrase === DOUBLE_PASSPHRASE ||
      proof.sheet?.replaceAll(/[\s-]/g, '').toUpperCase() === GROUPS.join('');
    if (right) return;
    throw new ConsoleError('NOT_ALLOWED', 'That is not the passphrase of this store.', {
      untouched: 'What was sealed before is as it was.',
      next: 'Try again, or type the recovery sheet instead.',
    });
  }
}
