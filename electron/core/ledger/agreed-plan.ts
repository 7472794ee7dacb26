import { type LedgerTextRow, textsOf } from '#core/store/operations/ledger/text-rows.ts';
import type { Store } from '#core/store/store.ts';
import { readCheckpoint } from './checkpoint.ts';
import { leafHash } from './hash.ts';
import { includes } from './proof-check.ts';
import { isSignedBy, readVerifier } from './signed-note.ts';
import { readRecord } from './verify/own-words.ts';

/**
 * Whether a person agreed to a plan, as the ledger proves it. `unknown`: the ledger is damaged, or its key is not at hand, so
 * that it proves nothing either way.
 */
export type Agreement = 'agreed' | 'not-agreed' | 'unknown';

/** What of the store is read for it. */
export type AgreementSource = Pick<Store, 'ledgerHead' | 'ledgerTextsBefore' | 'ledgerProof'>;

/**
 * Looks the consent to a plan up in the ledger, newest events first, and proves that it is in the tree that this console
 * signed (RFC 9162, section 2.1.3.2). The journal of changes lies beside it in the same file and is signed by nobody: what
 * it says was agreed to is believed by this alone.
 * @param plan.id of the plan, which is the id of its change
 * @param plan.hash of the plan as it was shown
 * @returns what the ledger proves; never throws, for what cannot be read proves nothing
 */
export async function agreementTo(
  source: AgreementSource,
  plan: { id: string; hash: string },
): Promise<Agreement> {
  try {
    const found = await findEvent(source, plan);
    if (typeof found === 'string') return found;
    return (await isSigned(source, found)) ? 'agreed' : 'unknown';
  } catch {
    return 'unknown';
  }
}

interface FoundEvent {
  number: number;
  text: string;
}

async function findEvent(
  source: AgreementSource,
  plan: { id: string; hash: string },
): Promise<FoundEvent | 'not-agreed' | 'unknown'> {
  let whole = true;
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = await source.ledgerTextsBefore({ before });
    for (const row of rows) {
      if (row.bytes === null) whole = false;
      const found = inRow(row, plan);
      if (found !== null) return found;
    }
    const last = rows.at(-1);
    if (last === undefined) return whole ? 'not-agreed' : 'unknown';
    before = last.first;
  }
}

function inRow(row: LedgerTextRow, plan: { id: string; hash: string }): FoundEvent | null {
  for (const [index, text] of textsOf(row).entries()) {
    // Most events are of something else: only those that can be it are parsed.
    if (!text.includes(plan.id) || !text.includes('"plan-agreed"')) continue;
    const record = readRecord(text);
    if (record?.kind === 'plan-agreed' && record.what.plan === plan.id && record.what.hash === plan.hash)
      return { number: row.first + index, text };
  }
  return null;
}

async function isSigned(source: AgreementSource, event: FoundEvent): Promise<boolean> {
  const [head, proof] = [await source.ledgerHead(), await source.ledgerProof({ number: event.number })];
  if (proof === null || proof.text !== event.text || head.key.state !== 'there') return false;
  const checkpoint = readCheckpoint(proof.note);
  const verifier = readVerifier(head.key.verifierKey);
  if (checkpoint === null || verifier === null || checkpoint.size !== proof.size) return false;
  return (
    isSignedBy(checkpoint.note, verifier) &&
    includes(leafHash(event.text), event.number - 1, proof.size, proof.path, checkpoint.root)
  );
}
