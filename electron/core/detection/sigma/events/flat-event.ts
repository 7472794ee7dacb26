import type { EventFields, FieldValue, LogSource } from '#shared/domain/audit/event.ts';
import { fieldOf } from '../match/event.ts';
import { numberOf } from '../match/values.ts';
import { WINDOWS_CONTAINERS, WINLOGBEAT_NAMES, windowsSource } from './windows-names.ts';

/** Bounds of one event; what goes beyond is left out, and the event says so. */
const MOST_FIELDS = 4_096;
const DEEPEST = 32;
const MOST_NAMES = 20_000;

type Held = FieldValue | FieldValue[];
type Fields = Record<string, Held>;

/** A name by how it is written, and what is written below it. Kept because events repeat their names: no path has to be joined twice. */
interface Name {
  path: string;
  name: string;
  /** Members keep their own names. */
  unwrapped: boolean;
  below: Map<string, Name>;
}

const nameOf = (path: string, name: string): Name => ({
  path,
  name,
  unwrapped: WINDOWS_CONTAINERS.has(path),
  below: new Map(),
});
const root = nameOf('', '');
let count = 0;

function below(parent: Name, key: string): Name {
  const known = parent.below.get(key);
  if (known !== undefined) return known;
  const path = parent.path === '' ? key : `${parent.path}.${key}`;
  const made = nameOf(path, parent.unwrapped ? fieldName(key) : fieldName(path));
  count += 1;
  if (count > MOST_NAMES) {
    root.below.clear();
    count = 0;
  }
  parent.below.set(key, made);
  return made;
}

const names = new Map<string, string>();

/** The name by which rules know a field: without spaces, and without the objects that Windows events are wrapped in. */
export function fieldName(written: string): string {
  const known = names.get(written);
  if (known !== undefined) return known;
  let name = WINLOGBEAT_NAMES.get(written) ?? written;
  const dot = name.lastIndexOf('.');
  if (dot > 0 && WINDOWS_CONTAINERS.has(name.slice(0, dot))) name = name.slice(dot + 1);
  else if (name.startsWith('Event.UserData.')) name = name.slice(dot + 1);
  else if (name.startsWith('Event.System.')) name = systemName(name.slice('Event.System.'.length));
  name = name.replaceAll(' ', '');
  if (names.size >= MOST_NAMES) names.clear();
  names.set(written, name);
  return name;
}

/** Attributes of tags are joined with an underscore; the text of a tag is the tag's own. */
function systemName(name: string): string {
  return name
    .replace(/\.#text$/, '')
    .replace('.#attributes.', '_')
    .replace('.@', '_');
}

/**
 * The fields of a parsed JSON object by the names that rules use: what is nested is joined with dots, Windows events are unwrapped, spaces
 * are taken out of names. An object that is flat already is taken as it is.
 * @param event belongs to the caller no more: a part of it may become the result
 */
export function flatEvent(event: Readonly<Record<string, unknown>>): EventFields {
  if (isFlat(event)) return event as EventFields;
  const room = { left: MOST_FIELDS };
  // Most of what a Windows event says is in one flat object, which need not be copied.
  const wrapped = event.Event as Record<string, unknown> | undefined;
  const data = typeof wrapped === 'object' && wrapped !== null ? wrapped.EventData : undefined;
  if (
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    isFlat(data as Record<string, unknown>)
  ) {
    const fields = data as Fields;
    delete (wrapped as Record<string, unknown>).EventData;
    walk(fields, event, root, 0, room);
    return fields;
  }
  const fields: Fields = {};
  walk(fields, event, root, 0, room);
  return fields;
}

/** Names of flat events that need no change, by their place: the next event mostly has the same. */
const plainNames: string[] = [];

function isFlat(event: Readonly<Record<string, unknown>>): boolean {
  let place = 0;
  for (const key in event) {
    const value = event[key];
    if (typeof value === 'object' && value !== null) return false;
    if (plainNames[place] !== key) {
      if (below(root, key).name !== key || place >= MOST_FIELDS) return false;
      plainNames[place] = key;
    }
    place += 1;
  }
  return true;
}

/** The same for fields that are flat, but may have names of logs. */
export function namedFields(fields: EventFields): EventFields {
  for (const key in fields)
    if (below(root, key).name !== key) {
      const named: Fields = {};
      walk(named, fields, root, 0, { left: MOST_FIELDS });
      return named;
    }
  return fields;
}

function put(fields: Fields, name: string, value: FieldValue, room: { left: number }): void {
  room.left -= 1;
  if (room.left < 0) return;
  const own = name === '__proto__' ? '__proto__ ' : name;
  const held = fields[own];
  if (held === undefined || !Object.hasOwn(fields, own)) fields[own] = value;
  else if (Array.isArray(held)) held.push(value);
  else fields[own] = [held, value];
}

const isPlain = (value: unknown): value is FieldValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function walk(
  fields: Fields,
  object: Readonly<Record<string, unknown>>,
  parent: Name,
  depth: number,
  room: { left: number },
): void {
  if (depth > DEEPEST || room.left < 0) return;
  for (const key in object) {
    const value = object[key];
    const name = below(parent, key);
    if (isPlain(value)) put(fields, name.name, value, room);
    else if (typeof value === 'object' && value !== null) nested(fields, value, name, depth, room);
  }
}

function nested(fields: Fields, value: object, at: Name, depth: number, room: { left: number }): void {
  if (!Array.isArray(value)) {
    walk(fields, value as Record<string, unknown>, at, depth + 1, room);
    return;
  }
  const { name, path } = at;
  if (!Object.hasOwn(fields, name) && value.every(isPlain)) {
    fields[name] = value.slice(0, Math.max(0, room.left));
    room.left -= value.length;
    return;
  }
  const data = path.endsWith('.Data') && WINDOWS_CONTAINERS.has(path.slice(0, -'.Data'.length));
  for (const item of value) {
    if (isPlain(item)) put(fields, name, item, room);
    else if (typeof item === 'object' && item !== null && !(data && putData(fields, item, room)))
      nested(fields, item, at, depth + 1, room);
  }
}

/** `<Data Name="User">…</Data>` as XML readers give it. */
function putData(fields: Fields, item: Readonly<Record<string, unknown>>, room: { left: number }): boolean {
  const attributes = item['#attributes'];
  const inner =
    typeof attributes === 'object' && attributes !== null ? (attributes as Record<string, unknown>) : {};
  const name = inner.Name ?? item['@Name'] ?? item.Name;
  const value = item['#text'] ?? item.value ?? item.Value ?? null;
  if (typeof name !== 'string' || !isPlain(value)) return false;
  put(fields, fieldName(name), value, room);
  return true;
}

const text = (fields: EventFields, name: string): string | null => {
  const held = fieldOf(fields, name);
  return typeof held === 'string' && held !== '' ? held.toLowerCase() : null;
};

/**
 * What an event itself says about its log: `logsource.product`, `.category`, `.service`, or the channel and id of a Windows event.
 * @returns all null when it says nothing
 */
export function sourceOfEvent(fields: EventFields): LogSource {
  const said: LogSource = {
    product: text(fields, 'logsource.product'),
    category: text(fields, 'logsource.category'),
    service: text(fields, 'logsource.service'),
  };
  if (said.product !== null || said.category !== null || said.service !== null) return said;
  const channel = text(fields, 'Channel');
  if (channel === null) return said;
  const id = fieldOf(fields, 'EventID');
  return windowsSource(channel, id === undefined || Array.isArray(id) ? null : numberOf(id as FieldValue));
}
