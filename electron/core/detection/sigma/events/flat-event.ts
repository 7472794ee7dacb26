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

/** Names by how they are written, kept because events repeat them. */
const names = new Map<string, string>();

/** The name by which rules know a field: without spaces, and without the objects that Windows events are wrapped in. */
export function fieldName(written: string): string {
  const known = names.get(written);
  if (known !== undefined) return known;
  let name = WINLOGBEAT_NAMES[written] ?? written;
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
 */
export function flatEvent(event: Readonly<Record<string, unknown>>): EventFields {
  for (const key in event) {
    const value = event[key];
    if ((typeof value === 'object' && value !== null) || fieldName(key) !== key) return flattened(event);
  }
  return event as EventFields;
}

/** The same for fields that are flat, but may have names of logs. */
export function namedFields(fields: EventFields): EventFields {
  for (const key in fields) if (fieldName(key) !== key) return flattened(fields);
  return fields;
}

function flattened(event: Readonly<Record<string, unknown>>): Fields {
  const fields: Fields = {};
  const room = { left: MOST_FIELDS };
  walk(fields, event, '', 0, room);
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
  prefix: string,
  depth: number,
  room: { left: number },
): void {
  if (depth > DEEPEST || room.left < 0) return;
  // Members of a container keep their own names, so that no longer ones have to be made for each event.
  const unwrapped = prefix !== '' && WINDOWS_CONTAINERS.has(prefix);
  for (const key in object) {
    const value = object[key];
    if (isPlain(value)) put(fields, unwrapped ? fieldName(key) : fieldName(joined(prefix, key)), value, room);
    else if (typeof value === 'object' && value !== null)
      nested(fields, value, joined(prefix, key), depth, room);
  }
}

const joined = (prefix: string, key: string): string => (prefix === '' ? key : `${prefix}.${key}`);

function nested(fields: Fields, value: object, path: string, depth: number, room: { left: number }): void {
  if (!Array.isArray(value)) {
    walk(fields, value as Record<string, unknown>, path, depth + 1, room);
    return;
  }
  const name = fieldName(path);
  if (!Object.hasOwn(fields, name) && value.every(isPlain)) {
    fields[name] = value.slice(0, Math.max(0, room.left));
    room.left -= value.length;
    return;
  }
  const data = path.endsWith('.Data') && WINDOWS_CONTAINERS.has(path.slice(0, -'.Data'.length));
  for (const item of value) {
    if (isPlain(item)) put(fields, fieldName(path), item, room);
    else if (typeof item === 'object' && item !== null && !(data && putData(fields, item, room)))
      nested(fields, item, path, depth + 1, room);
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
