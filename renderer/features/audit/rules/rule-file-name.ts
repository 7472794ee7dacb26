/** @returns a name under which a rule file can be kept: letters, digits, dots and dashes, ending in `.yml` or `.yaml` */
export function ruleFileNameOf(name: string): string {
  const [, stem = '', end = '.yml'] = /^(.*?)(\.ya?ml)$/i.exec(name) ?? [];
  const plain = stem.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `${plain.slice(0, 120) || 'rule'}${end.toLowerCase()}`;
}
