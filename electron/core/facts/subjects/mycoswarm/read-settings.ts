import type { MycoswarmFacts } from '#shared/domain/facts/software.ts';

const MAX_DEPTH = 8;
const MAX_SETTINGS = 512;
const SECRET_KEY = /secret|token|passw|api_?key|credential|private/i;

/**
 * Flattens config.json into dotted keys and values as text. Values under keys that sound like a secret are replaced.
 * @returns the settings, or null when the text is no JSON object
 */
export function readSettings(
  text: string,
  instance: string,
  file: string,
): MycoswarmFacts['settings'] | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return null;
  const settings: MycoswarmFacts['settings'] = [];
  const walk = (value: unknown, path: readonly string[], secret: boolean): void => {
    if (settings.length >= MAX_SETTINGS) return;
    if (typeof value === 'object' && value !== null && path.length < MAX_DEPTH) {
      for (const [key, inner] of Object.entries(value))
        walk(inner, [...path, key], secret || SECRET_KEY.test(key));
      return;
    }
    const shown = secret ? '[redacted]' : typeof value === 'object' ? '[too deep]' : String(value);
    settings.push({ instance, file, key: path.join('.').slice(0, 256), value: shown.slice(0, 4_096) });
  };
  walk(read, [], false);
  return settings;
}
