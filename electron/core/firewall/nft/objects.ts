import { type JsonObject, member, text } from './json.ts';

/** Stateful objects that rules name: `limit name "lim"`, `quota name "day"`. */
export class NamedObjects {
  private readonly found = new Map<string, JsonObject>();

  /** @throws Malformed for an object without a name */
  add(kind: string, body: JsonObject): void {
    const where = `A ${kind}`;
    const id = [kind, text(body, 'family', where), text(body, 'table', where), text(body, 'name', where)];
    this.found.set(JSON.stringify(id), body);
  }

  get(kind: string, family: string, table: string, name: string): JsonObject | null {
    return this.found.get(JSON.stringify([kind, family, table, name])) ?? null;
  }
}

/** Whether an object or statement is meant for what is above its bound (`over`). */
export function isOver(body: JsonObject): boolean {
  return member(body, 'inv') === true;
}
