import { type ConsoleAudit, ConsoleError } from '#core/console/service.ts';
import type { OwnRules, RuleFileText } from '#shared/domain/audit/own-rules.ts';

/** Own rules in memory. What is a rule and what it asks for is told by a few words of the text only. */
export class OwnRulesDouble {
  readonly #files = new Map<string, string>();
  readonly #values = new Map<string, string[]>();

  group(
    answer: <T>(work: () => T) => Promise<T>,
  ): Pick<ConsoleAudit, 'ownRules' | 'addRules' | 'removeRules' | 'setRuleValues'> {
    return {
      ownRules: () => answer(() => this.#list()),
      addRules: ({ files }) => answer(() => this.#add(files)),
      removeRules: ({ name }) =>
        answer(() => {
          const text = this.#files.get(name);
          if (text === undefined) throw new ConsoleError('NOT_ALLOWED', 'There is no such rule file.');
          this.#files.delete(name);
          return { name, text };
        }),
      setRuleValues: ({ name, values }) =>
        answer(() => {
          this.#values.set(name, [...values]);
          return this.#list();
        }),
    };
  }

  #add(files: readonly RuleFileText[]) {
    const usable = files.filter(({ text }) => text.includes('detection:'));
    for (const { name, text } of usable) this.#files.set(name, text);
    return {
      added: usable.map(({ name }) => name),
      faults: files
        .filter((file) => !usable.includes(file))
        .map(({ name }) => ({ file: name, reason: 'it has neither a detection nor a correlation' })),
    };
  }

  #list(): OwnRules {
    const asked = new Map<string, number>();
    const files = [...this.#files].map(([name, text]) => {
      const names = [...text.matchAll(/%(\w+)%/g)].map(([, found = '']) => found);
      const waitsFor = names.filter((found) => (this.#values.get(found) ?? []).length === 0);
      for (const found of names)
        asked.set(found, (asked.get(found) ?? 0) + (waitsFor.includes(found) ? 1 : 0));
      return { name, inForce: waitsFor.length > 0 ? 0 : 1, faults: [], waitsFor, removable: true };
    });
    const placeholders = [...asked].map(([name, waiting]) => ({
      name,
      values: this.#values.get(name) ?? [],
      waiting,
    }));
    return { folder: '/home/minotaur/.local/share/swarmkeep/rules', files, more: 0, placeholders };
  }
}
