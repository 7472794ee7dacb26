/**
 * Makes a path absolute with the folder that it was said in, and takes out `.`, `..` and doubled slashes. Links are not followed, for
 * nobody can know from a log where they led.
 * @returns the path; relative still when there is no folder
 */
export function absolutePath(name: string, folder: string | undefined): string {
  const whole = name.startsWith('/') || folder === undefined ? name : `${folder}/${name}`;
  if (!whole.startsWith('/') || !/\/(?:\.{0,2}(?:\/|$))/.test(whole)) return whole;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
