import type { PythonFacts } from '#shared/domain/facts/software.ts';

/** What a requirement file is, by its name; null for one that is none of these. */
export function requirementKind(path: string): PythonFacts['requirementFiles'][number]['kind'] | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'pyproject.toml') return 'pyproject';
  if (name === 'Pipfile.lock') return 'pipfile-lock';
  if (name === 'poetry.lock') return 'poetry-lock';
  if (name === 'uv.lock') return 'uv-lock';
  if (/^pylock.*\.toml$/.test(name)) return 'pylock';
  if (name === 'setup.py' || name === 'setup.cfg') return 'setup';
  if (/^constraints.*\.txt$/.test(name)) return 'constraints';
  if (/\.(txt|in)$/.test(name)) return 'requirements';
  return name.endsWith('.sh') ? 'installer' : null;
}
