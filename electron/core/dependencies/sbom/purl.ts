import { isDistributionName } from '#core/dependencies/requirements/name.ts';
import type { InventoryItem } from '#shared/domain/dependencies/inventory.ts';

/** Percent-encoding of a package URL: letters, digits and `.-_~` stay, and so does a colon (purl specification, "Character encoding"). */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}

/**
 * Package URL of an installed package (purl specification, types `pypi` and `golang`). A name on PyPI is lower case, and an
 * underscore is a hyphen; one without a version has none behind it.
 * @returns null for a name that no package may have
 */
export function purlOf({
  ecosystem,
  name,
  version,
}: Pick<InventoryItem, 'ecosystem' | 'name' | 'version'>): string | null {
  if (ecosystem === 'PyPI' ? !isDistributionName(name) : !/^[A-Za-z0-9.~_/-]+$/.test(name)) return null;
  const path =
    ecosystem === 'Go'
      ? `golang/${name.toLowerCase().split('/').map(encoded).join('/')}`
      : `pypi/${encoded(name.trim().toLowerCase().replaceAll('_', '-'))}`;
  if (version === null || version === '') return `pkg:${path}`;
  const shown = ecosystem === 'Go' && /^\d/.test(version) ? `v${version}` : version;
  return `pkg:${path}@${encoded(shown)}`;
}
