import { parse } from 'smol-toml';

/** No honest pyproject or lock nests deeper. */
const MAX_DEPTH = 64;

/**
 * Reads TOML 1.0 that anybody may have written. The caller bounds the size; depth is bounded here.
 * @returns the value, or null for what is no TOML; throws nothing
 */
export function readToml(text: string): Record<string, unknown> | null {
  try {
    return parse(text.replace(/^\uFEFF/, ''), { maxDepth: MAX_DEPTH });
  } catch {
    return null;
  }
}
