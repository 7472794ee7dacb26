import type { EventFields, FieldValue } from '#shared/domain/audit/event.ts';
import type { SigmaEvent } from './event.ts';
import { fold } from './fold.ts';
import { textOf } from './values.ts';

const NOWHERE: EventFields = {};

/** One event while rules look at it. What several of them need is made once: texts without case, all texts of the event. */
export class Evaluation {
  fields: EventFields = NOWHERE;
  raw = '';
  #stamp = 0;
  readonly #stamps: number[] = [];
  readonly #folded: string[] = [];
  #texts: string[] | null = null;
  #foldedTexts: string[] | null = null;

  begin(event: SigmaEvent): void {
    this.fields = event.fields;
    this.raw = event.raw;
    this.#stamp += 1;
    this.#texts = null;
    this.#foldedTexts = null;
  }

  /** @param slot number of the field, so that its text without case is made once for an event */
  folded(slot: number, text: string): string {
    if (this.#stamps[slot] === this.#stamp) return this.#folded[slot] ?? '';
    const folded = fold(text);
    this.#stamps[slot] = this.#stamp;
    this.#folded[slot] = folded;
    return folded;
  }

  /** The raw text, and the text of every value. */
  texts(): readonly string[] {
    if (this.#texts !== null) return this.#texts;
    const texts = [this.raw];
    const add = (value: FieldValue) => {
      const text = textOf(value);
      if (text !== null) texts.push(text);
    };
    for (const name in this.fields) {
      const held = this.fields[name];
      if (Array.isArray(held)) held.forEach(add);
      else if (held !== undefined) add(held as FieldValue);
    }
    this.#texts = texts;
    return texts;
  }

  foldedTexts(): readonly string[] {
    this.#foldedTexts ??= this.texts().map(fold);
    return this.#foldedTexts;
  }
}
