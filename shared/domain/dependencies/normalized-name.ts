/** Name of a distribution as it is compared (PEP 503, "Normalized Names"). */
export function normalizedName(name: string): string {
  return name
    .trim()
    .replace(/[-_.]+/g, '-')
    .toLowerCase();
}
